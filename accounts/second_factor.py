"""Whether somebody has a second factor, and whether this session was opened with it.

The factor is a code from an app (TOTP, RFC 6238) or one of ten recovery codes; allauth keeps both and asks for them at
sign-in. ``STAFF_SECOND_FACTOR`` says whether staff must have one. A session remembers that it was asked, so no page
pays a query for it; what ends a factor ends the user's sessions.
"""

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User

METHOD = "mfa"
# What a machine reads, and a person, where there is none.
CODE = "second_factor"
SET_UP_FIRST: Promise = _("Set up your sign-in code first: sign in on the website, and it leads you through.")


def needed() -> bool:
    """Whether staff must sign in with a second factor."""
    return bool(settings.STAFF_SECOND_FACTOR)


def is_set_up(user: User) -> bool:
    """Whether the user has an app that makes their codes."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def codes_left(user: User) -> int | None:
    """Return how many recovery codes are unused; None for somebody without a second factor."""
    codes = recovery_codes(user)
    return None if codes is None else len(codes)


def recovery_codes(user: User) -> list[str] | None:
    """Return the recovery codes that are unused; None for somebody without a second factor."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return None if row is None else row.wrap().get_unused_codes()


def set_up_for(user_column: str) -> Exists:
    """Return the condition that the user in ``user_column`` of the outer query has a second factor."""
    return Exists(Authenticator.objects.filter(user=OuterRef(user_column), type=Authenticator.Type.TOTP))


def was_asked(request: HttpRequest) -> bool:
    """Whether this session was opened with the second factor."""
    user = request.user
    if isinstance(user, AnonymousUser):
        return False
    return any(record.get("method") == METHOD for record in get_authentication_records(request, user))


def mark_asked(request: HttpRequest, authenticator: Authenticator) -> None:
    """Remember in the session that its user has just shown their second factor."""
    record_authentication(request, authenticator.user, METHOD, id=authenticator.pk, type=authenticator.type)
