"""A caller for whom nothing fits: the times they wait for, and how they are told of one."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bookings.forms.phone.caller import EMAIL, TEXT, CallerForm
from bookings.forms.public.waiting_list import TimesWantedForm
from nhsuk.forms import (
    CheckboxesField,
    field_of,
)


class WaitingCallerForm(CallerForm):
    """Who is calling, and how they are told of a time."""

    confirm_by = CheckboxesField(
        label=_("How should we tell them of a time?"),
        help_text=_("A time is kept for 2 hours: only a text message or an email reaches them soon enough"),
        subject=_("text message, email or both: nobody can wait without"),
        choices=[(TEXT, _("Text message to the phone number")), (EMAIL, _("Email"))],
        reveals={EMAIL: ["email"]},
        size="s",
        small=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # No letter would come in time.
        del self.fields["address"]
        self.fields["phone"].help_text = _t("They can be found again by it")
        self.fields["relationship"].label = _t("Relationship to the people who wait")
        field_of(self, "relationship").subject = _t("the caller’s relationship to the people who wait")


class TimesForCallerForm(TimesWantedForm):
    """The website's questions about the times, as they are asked on the phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "venues": _t("Which places can they come to?"),
            "weekdays": _t("Which days can they come?"),
            "parts": _t("What part of the day can they come?"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["weekdays"].error_messages["required"] = _t("Select the days on which they can come")
        self.fields["parts"].error_messages["required"] = _t("Select the part of the day when they can come")
        for name in labels:
            field_of(self, name).nhsuk["size"] = "s"
            field_of(self, name).nhsuk["small"] = True
        field_of(self, "venues").help_text = _t("Select all that apply")
