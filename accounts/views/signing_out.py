"""Leaving: nothing of what was seen stays in the browser."""

from allauth.account import views as allauth
from django.http import HttpRequest, HttpResponse

# The browser's own copies of pages and whatever scripts kept. Cookies stay: the session is gone without that, and the
# sentence that says so travels by one.
CLEARED = '"cache", "storage"'


def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask, and on POST end the session and have the browser clear what it kept."""
    response: HttpResponse = allauth.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = CLEARED
    return response
