"""Sign in to the API with a token of our own: stored as a hash, expiring, revocable, good only while its user is."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from accounts import second_factor, tries
from accounts.models import ApiToken, User

LIFETIME = timedelta(days=90)
GUESS = "api_token"
SECONDS_TO_WAIT = 60


def hash_token(token: str) -> str:
    """Return what is stored of a token. A random 256-bit token needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_token(*, user: User, at: datetime) -> str:
    """Make a token that acts as ``user`` for 90 days, and return it: the only time it is ever seen."""
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, token_hash=hash_token(token), created_at=at, expires_at=at + LIFETIME)
    return token


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Token <token>`` (or ``Bearer``).

    Wrong tokens are counted by address and past the limit answered 429, for a minute. Right ones pay nothing for that
    and are not kept out: a token cannot be guessed, and one address may be a whole trust's. Where staff need a second
    factor, a token of somebody without is refused.
    """

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = get_authorization_header(request).split()
        if not header or header[0].lower() not in (b"token", b"bearer"):
            return None
        if len(header) != 2:
            raise exceptions.AuthenticationFailed(_("The Authorization header must be “Token” and one token."))
        try:
            token = header[1].decode("ascii")
        except UnicodeDecodeError as wrong:
            raise exceptions.AuthenticationFailed(_("The token is not known.")) from wrong
        tokens = ApiToken.objects.select_related("user")
        if second_factor.needed():
            tokens = tokens.annotate(has_second_factor=second_factor.set_up_for("user"))
        try:
            found = tokens.get(
                token_hash=hash_token(token),
                revoked_at__isnull=True,
                expires_at__gt=timezone.now(),
                user__is_active=True,
            )
        except ApiToken.DoesNotExist as unknown:
            if not tries.count(request, GUESS):
                raise exceptions.Throttled(wait=SECONDS_TO_WAIT) from unknown
            raise exceptions.AuthenticationFailed(_("The token is not known, or is no longer valid.")) from unknown
        if not getattr(found, "has_second_factor", True):
            raise exceptions.PermissionDenied(str(second_factor.SET_UP_FIRST), code=second_factor.CODE)
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return self.keyword
