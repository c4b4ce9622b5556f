"""How allauth behaves here: staff are added by an administrator, nobody signs up, and sentences are ours."""

from allauth.account.adapter import DefaultAccountAdapter
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
