"""The API: where its addresses hang, and one shape for every error."""

from typing import Any

from django.db import InterfaceError, OperationalError
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

urlpatterns: list[URLPattern | URLResolver] = []


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into ``{"code", "detail"}``, with ``"fields"`` where fields were wrong.

    The detail is a sentence for a person, the code a word for a machine.
    """
    if isinstance(exception, OperationalError | InterfaceError):
        return Response(
            {"code": "unavailable", "detail": _("The service is not available right now. Try again in a minute.")},
            status=503,
            headers={"Retry-After": "30"},
        )
    response = drf_exception_handler(exception, context)
    if response is None:
        return None
    if isinstance(exception, exceptions.ValidationError):
        response.data = {
            "code": "invalid",
            "detail": _("Some of the details are missing or not right. See fields."),
            "fields": response.data,
        }
    elif isinstance(exception, exceptions.APIException):
        response.data = {"code": exception.get_codes(), "detail": str(exception.detail)}
    else:
        code = {403: "permission_denied", 404: "not_found"}.get(response.status_code, "error")
        response.data = {"code": code, "detail": str(response.data.get("detail", ""))}
    return response
