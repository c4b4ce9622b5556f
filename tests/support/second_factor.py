"""An authenticator app for tests."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from accounts.actions import set_up_second_factor
from accounts.models import User
from accounts.second_factor import recovery_codes
from tests.support.factories import NOW, PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of(secret: str = SECRET, *, steps: int = 0) -> str:
    """Return the code that an app with this secret shows now, or half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_app(user: User) -> Authenticator:
    """Have the user set up an app with SECRET."""
    return set_up_second_factor(user=user, secret=SECRET, at=NOW, source="test")


def recovery_code_of(user: User) -> str:
    """Return a recovery code that the user has not used yet."""
    return (recovery_codes(user) or [""])[0]


def sign_in(client: Client, user: User, code: str | None = None) -> None:
    """Sign in by password and code, as a browser does."""
    asked = client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert asked["Location"] == "/accounts/login/code/", asked.content.decode()
    answered = client.post("/accounts/login/code/", {"code": code or recovery_code_of(user)})
    assert answered.status_code == 302, answered.content.decode()
