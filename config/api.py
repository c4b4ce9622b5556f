"""The API: where its addresses hang, one shape for every error, and the pages that describe it."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext as _
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler
from rest_framework.views import set_rollback

from accounts.errors import Refused


class Docs(SpectacularSwaggerSplitView):
    """The documentation that an integrator reads and tries out: from our own host, under the policy of every page."""

    template_name = "api/docs.html"


urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", Docs.as_view(url_name="schema"), name="api-docs"),
    path("", include("clinics.api")),
    path("", include("immunisations.api.urls")),
    path("", include("bookings.api")),
]


def storable(value: Any) -> Any:
    """Return the parts of an answer with every character that UTF-8 cannot carry replaced."""
    if isinstance(value, str):
        return str.__str__(value).encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {storable(str(key)): storable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    return value


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into ``{"code", "detail"}``, with ``"fields"`` where fields were wrong.

    The detail is a sentence for a person, the code a word for a machine; ``"details"`` is what a machine can go on
    with, such as the nearest free times.
    """
    if isinstance(exception, OperationalError | InterfaceError):
        return Response(
            {"code": "unavailable", "detail": _("The service is not available right now. Try again in a minute.")},
            status=503,
            headers={"Retry-After": "30"},
        )
    if isinstance(exception, Refused):
        set_rollback()
        body: dict[str, Any] = {"code": exception.code, "detail": str(exception)}
        if exception.details:
            body["details"] = exception.details
        return Response(storable(body), status=exception.status)
    if isinstance(exception, RequestDataTooBig):
        return Response(
            {"code": "too_large", "detail": _("The body is too large. Send at most one megabyte.")}, status=413
        )
    response = drf_exception_handler(exception, context)
    if response is None:
        return None
    if isinstance(exception, exceptions.ValidationError):
        fields = response.data if isinstance(response.data, dict) else {"non_field_errors": response.data}
        response.data = {
            "code": "invalid",
            "detail": _("Some of the details are missing or not right. See fields."),
            "fields": storable(fields),
        }
    elif isinstance(exception, Http404):
        response.data = {"code": "not_found", "detail": _("There is nothing of that name for you here.")}
    elif isinstance(exception, PermissionDenied):
        response.data = {"code": "permission_denied", "detail": _("Your role does not allow this.")}
    elif isinstance(exception, exceptions.APIException):
        response.data = storable({"code": exception.get_codes(), "detail": str(exception.detail)})
    return response
