"""How allauth behaves here: staff are added by an administrator, nobody signs up, and sentences are ours."""

import base64
import hashlib
import secrets

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class StaffAdapter(DefaultAccountAdapter):
    """Sign-up is closed."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The username or the password is not right. Check both and try again"),
        "too_many_login_attempts": _("There were too many tries to sign in. Wait 5 minutes and try again"),
        "enter_current_password": _("The current password is not right"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: an administrator adds each user."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the user's own page."""
        return reverse("account-home")


def _cipher() -> MultiFernet:
    """Return what hides the secrets of sign-in codes: its keys come of the service's own, the present one first."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"accounts.sign-in codes:{key!s}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class StaffCodeAdapter(DefaultMFAAdapter):
    """Sign-in codes: whose they are and for what, in our words. Their secrets are unreadable in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right. Enter the code that your app shows now"),
    }

    def get_totp_issuer(self) -> str:
        """Return the name under which the app keeps the code."""
        return str(settings.SERVICE_NAME)

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """Return the username: the only name that signing in knows."""
        return user.get_username()

    def encrypt(self, text: str) -> str:
        """Return what is stored of a secret."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret. For one that was stored under a key that is gone, some other: no code is right for it."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # Not a fixed word: whoever reads this file could reckon its codes.
            return base64.b32encode(secrets.token_bytes(20)).decode()
