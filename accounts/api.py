"""What every address of the API shares: strict JSON in, nothing cached, one description of keys and errors."""

import json
import uuid
from collections.abc import Sequence
from typing import IO, Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework.exceptions import NotAuthenticated, ParseError, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import idempotency
from accounts.access import require
from accounts.models import Team, User
from accounts.permissions import Permission, roles_in, teams_where
from accounts.serializers import ErrorSerializer

# The door by which an action was asked for, in every audit event.
SOURCE = "api"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


class StrictJSONParser(JSONParser):
    """JSON in UTF-8 and nothing looser: no NaN, no other encoding, and no nesting deep enough to break the reader."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> Any:
        """Return the value of the body; raise ParseError where it is none."""
        try:
            return json.loads(stream.read().decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as wrong:
            raise ParseError(_("The body could not be read. Send JSON in UTF-8.")) from wrong


class ApiView(APIView):
    """The base of every view: one kind of body, and no answer kept by any browser or proxy."""

    parser_classes = [StrictJSONParser]

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say that nothing may be kept."""
        response = super().finalize_response(request, response, *args, **kwargs)
        add_never_cache_headers(response)
        return response


def caller(request: Request) -> User:
    """Return the user who calls. Raises NotAuthenticated where nobody signed in."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def caller_who_may(request: Request, permission: Permission) -> User:
    """Return the user who calls. Whoever may not do this in any of their teams is told so before their body is read.

    Raises NotAuthenticated, PermissionDenied. To somebody in no team at all, nothing is there.
    """
    user = caller(request)
    if roles_in(user) and not teams_where(user, permission):
        raise PermissionDenied
    return user


def teams_of_caller(request: Request) -> list[int]:
    """Return the keys of the caller's teams; none where nobody signed in."""
    return list(roles_in(request.user)) if isinstance(request.user, User) else []


def idempotency_key(request: Request) -> str | None:
    """Return the key that the caller sent, or None. Raises KeyRefused."""
    return idempotency.read_key(request.headers.get(idempotency.HEADER))


def chosen_team(user: User, permission: Permission, team_id: uuid.UUID | None) -> Team:
    """Return the team that a new thing will belong to: the one named, or the only one in which the user may do this.

    Raises Http404 for a team that is not theirs, PermissionDenied where their role there does not allow it, and
    ValidationError where there are several and none was named.
    """
    if team_id is not None:
        team = Team.objects.filter(pk__in=list(roles_in(user)), public_id=team_id).first()
        if team is None:
            raise Http404
        require(user, permission, team)
        return team
    allowed = teams_where(user, permission)
    if len(allowed) > 1:
        raise ValidationError({"team": [_("You work for several teams. Say which, by its id.")]})
    if not allowed:
        raise PermissionDenied
    return Team.objects.get(pk=allowed[0])


class TokenScheme(OpenApiAuthenticationExtension):
    """Tells the schema how our tokens are sent."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the scheme: a bearer token."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": (
                "A token made with `manage.py api_token <username>`, sent as `Authorization: Bearer <token>` or "
                "`Authorization: Token <token>`. It acts as that user, with their role in each of their teams, for "
                "90 days, and ends when it is revoked or the user is deactivated."
            ),
        }


KEY_PARAMETER = OpenApiParameter(
    idempotency.HEADER,
    str,
    OpenApiParameter.HEADER,
    description=(
        "A name of your own for this request, 1 to 255 printable characters, such as a UUID. The same key with the "
        "same body, sent again by anybody of the team, makes nothing new and returns what the first request made "
        "(status 200). With another body it is refused (422). A request that was refused leaves its key unused."
    ),
    examples=[OpenApiExample("A UUID", value="1e3bd3e8-3a57-4a5c-9d2b-6a6f3c1f0a55")],
)

_EXAMPLES: dict[int, tuple[str, list[tuple[str, dict[str, Any]]]]] = {
    400: (
        "The request is not right: `fields` says where.",
        [
            (
                "A field is wrong",
                {
                    "code": "invalid",
                    "detail": "Some of the details are missing or not right. See fields.",
                    "fields": {"date_of_birth": ["The date must be today or in the past."]},
                },
            ),
            ("Not JSON", {"code": "parse_error", "detail": "The body could not be read. Send JSON in UTF-8."}),
        ],
    ),
    401: (
        "There is no token or session, or the token has ended.",
        [
            (
                "No longer valid",
                {
                    "code": "authentication_failed",
                    "detail": "The token is not known, or is no longer valid.",
                },
            )
        ],
    ),
    403: (
        "Your role in the team does not allow this.",
        [("Wrong role", {"code": "permission_denied", "detail": "Your role does not allow this."})],
    ),
    404: (
        "There is no such thing, or it belongs to another team.",
        [("Not found", {"code": "not_found", "detail": "There is nothing of that name for you here."})],
    ),
    409: ("As things stand, this cannot be done.", []),
    422: (
        "The key came with another request before.",
        [
            (
                "Key used before",
                {
                    "code": "idempotency_key_reused",
                    "detail": "This Idempotency-Key came with another request before. Use a new key for a new request.",
                },
            )
        ],
    ),
}


def errors(*statuses: int, conflicts: Sequence[dict[str, Any]] = ()) -> dict[int | str, OpenApiResponse]:
    """Return the error responses of an operation for its schema, with an example of each.

    ``conflicts`` are the bodies of its 409s. Every further error has the same shape: 413, 415, 429 and 503 can come
    from any address.
    """
    described: dict[int | str, OpenApiResponse] = {}
    for status in statuses:
        description, examples = _EXAMPLES[status]
        if status == 409:
            examples = [(str(body["code"]), body) for body in conflicts]
        described[status] = OpenApiResponse(
            ErrorSerializer,
            description=description,
            examples=[OpenApiExample(name, value=body, response_only=True) for name, body in examples],
        )
    described["default"] = OpenApiResponse(
        ErrorSerializer,
        description="Anything else that went wrong: 413 too large, 415 not JSON, 429 too many requests (wait as "
        "`Retry-After` says), 503 not available for the moment.",
    )
    return described


def refuse_unknown_fields(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Say in the schema that a body with a field of another name is refused."""
    for name, schema in result.get("components", {}).get("schemas", {}).items():
        if name.endswith("Request") and schema.get("type") == "object":
            schema["additionalProperties"] = False
    return result
