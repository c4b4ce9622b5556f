"""allauth's forms in the dress and the words of our own pages."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import change_password
from nhsuk.forms import NhsukFormMixin, PasswordField, TextField


class SignInForm(NhsukFormMixin, LoginForm):
    """Username and password."""

    password = PasswordField(label=_("Password"), subject=_("your password"), autocomplete="current-password", width=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = TextField(
            label=_("Username"),
            subject=_("your username"),
            max_length=150,
            autocomplete="username",
            autocapitalize="none",
            spellcheck=False,
            width=20,
        )


class PasswordChangeForm(NhsukFormMixin, ChangePasswordForm):
    """The current password once and the new one twice."""

    oldpassword = PasswordField(
        label=_("Current password"), subject=_("your current password"), autocomplete="current-password", width=20
    )
    password1 = PasswordField(
        label=_("New password"),
        subject=_("a new password"),
        help_text=_("At least 12 characters. Three or more words that do not belong together make a good password."),
        autocomplete="new-password",
        width=20,
    )
    password2 = PasswordField(
        label=_("New password again"), subject=_("the new password again"), autocomplete="new-password", width=20
    )

    def clean_password1(self) -> str:
        """Return the new password; refuse one that is short, common or like the user's name."""
        return get_adapter().clean_password(self.cleaned_data["password1"], user=self.user)

    def save(self) -> None:
        """Change the password and write that down."""
        change_password(user=self.user, password=self.cleaned_data["password1"], at=timezone.now(), source="staff")
