"""What staff do about messages: one that did not arrive, and whoever wants no more of them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.owing import is_mobile
from messaging.models import Message
from nhsuk.forms import EmailField, NhsukForm, PhoneField, RadiosField, TextField, field_of

DEALT_WITH, ARRIVED, AGAIN = "dealt_with", "arrived", "again"


class DealForm(NhsukForm):
    """What was done about a message."""

    done = RadiosField(
        label=gettext_lazy("What did you do?"),
        subject=gettext_lazy("what you did"),
        choices=[(DEALT_WITH, gettext_lazy("Reached them in another way, or nothing is to be done"))],
        size="m",
    )
    note = TextField(
        label=gettext_lazy("What you did or found out"),
        help_text=gettext_lazy("For example, told the mother by phone."),
        subject=gettext_lazy("what you did or found out"),
        max_length=300,
        size="s",
    )

    def __init__(self, *args: Any, can_be_settled: bool, **kwargs: Any) -> None:
        """``can_be_settled``: whether it failed, or nobody knows, so that it may be sent again."""
        super().__init__(*args, **kwargs)
        if can_be_settled:
            field_of(self, "done").choices = [
                (DEALT_WITH, _("Reached them in another way, or nothing is to be done")),
                (ARRIVED, _("It did arrive: mark as sent")),
                (AGAIN, _("It did not arrive: send it again")),
            ]


class StopForm(NhsukForm):
    """An address, and whether reminders to it stop or start again."""

    wish = RadiosField(
        label=gettext_lazy("What do they want?"),
        subject=gettext_lazy("what they want"),
        choices=[
            ("stop", gettext_lazy("No more reminders")),
            ("start", gettext_lazy("Reminders again")),
        ],
        size="m",
    )
    phone = PhoneField(
        label=gettext_lazy("Mobile number"), subject=gettext_lazy("the mobile number"), required=False, size="s"
    )
    email = EmailField(
        label=gettext_lazy("Email address"), subject=gettext_lazy("the email address"), required=False, size="s"
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two at least."""
        super().clean()
        if not self.errors and not self.cleaned_data.get("phone") and not self.cleaned_data.get("email"):
            self.add_error("phone", _("Enter a mobile number or an email address"))
        phone = self.cleaned_data.get("phone")
        if phone and not is_mobile(phone):
            self.add_error("phone", _("Enter a UK mobile number: texts go to no other"))
        return self.cleaned_data

    @property
    def addresses(self) -> list[tuple[str, str]]:
        """The channels and addresses of a valid form."""
        pairs = [(Message.Channel.TEXT, "phone"), (Message.Channel.EMAIL, "email")]
        return [(str(channel), str(found)) for channel, name in pairs if (found := self.cleaned_data.get(name))]
