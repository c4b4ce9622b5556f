"""The pages that belong to no room: whether the service is up, and what is said when something goes wrong."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


def _problem(request: HttpRequest, *, status: int, code: str, sentence: str, template: str) -> HttpResponse:
    """Answer in the form the caller reads: JSON for the API, a page for people.

    The page is rendered without the request, so that nothing in it can need the database or a session.
    """
    if request.path.startswith("/api/"):
        return JsonResponse({"code": code, "detail": sentence}, status=status)
    return HttpResponse(render_to_string(template), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be understood; 413 where it was larger than we take."""
    if isinstance(exception, RequestDataTooBig):
        return _problem(
            request,
            status=413,
            code="too_large",
            sentence=_("What was sent is too large."),
            template="413.html",
        )
    return _problem(
        request,
        status=400,
        code="bad_request",
        sentence=_("The request could not be understood. Check the address and try again."),
        template="400.html",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not with a role that may do this."""
    return _problem(
        request,
        status=403,
        code="forbidden",
        sentence=_("Your role does not allow this."),
        template="403.html",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came without its token, usually because it was open for a long time or cookies are off."""
    return _problem(
        request,
        status=403,
        code="csrf",
        sentence=_("This form was open for too long. Go back, reload the page and send it again."),
        template="403_csrf.html",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not one that this person may know of."""
    return _problem(
        request, status=404, code="not_found", sentence=_("There is nothing at this address."), template="404.html"
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is away. The connection itself gives up after two seconds, so this comes within three."""
    response = _problem(
        request,
        status=503,
        code="unavailable",
        sentence=_("The service is not available right now. Try again in a minute."),
        template="503.html",
    )
    response["Retry-After"] = "30"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where what failed was the connection to the database, wherever on the way it was needed."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return _problem(
        request,
        status=500,
        code="server_error",
        sentence=_("There is a problem with the service. Try again in a few minutes."),
        template="500.html",
    )


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The process answers and reaches its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return unavailable(request)
    return JsonResponse({"status": "ready"})
