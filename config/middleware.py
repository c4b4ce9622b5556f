"""Answers that every page gives alike, before any view is asked."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from config.views import bad_request

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefuseNul:
    """Refuse a path or query string that holds a NUL character: PostgreSQL cannot store or compare one.

    Posted fields are refused by their own forms and serialisers, which can say which field it was.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)
