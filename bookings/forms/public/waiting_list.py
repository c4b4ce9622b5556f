"""For what times somebody waits, and how they can be told."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from bookings.forms.public.contact import EMAIL, TEXT, MobileAndEmailForm
from bookings.waiting_list.wishes import PARTS, WEEKDAYS
from clinics.forms.public import SearchForm
from nhsuk.forms import CheckboxesField, NameField, NhsukForm

ANY = "any"


class TimesWantedForm(NhsukForm):
    """At which places, on which days, in which part of the day."""

    venues = CheckboxesField(
        label=_("Which places can you come to?"),
        help_text=_("Select all that apply. The more you select, the sooner there may be a time."),
        size="m",
        error_messages={"required": _("Select at least one place")},
    )
    weekdays = CheckboxesField(
        label=_("Which days can you come?"),
        choices=[*((str(code), words) for code, words in WEEKDAYS.items()), (ANY, _("Any day"))],
        choice_dividers={ANY: _("or")},
        exclusive=[ANY],
        size="m",
        error_messages={"required": _("Select the days on which you can come")},
    )
    parts = CheckboxesField(
        label=_("What part of the day can you come?"),
        choices=[*PARTS.items(), (ANY, _("Any part of the day"))],
        choice_dividers={ANY: _("or")},
        exclusive=[ANY],
        size="m",
        error_messages={"required": _("Select the part of the day when you can come")},
    )

    def __init__(self, *args: Any, places: Sequence[tuple[str, str, str]], **kwargs: Any) -> None:
        """``places`` are an id, a name and how far it is, nearest first."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["venues"]
        field.choices = [(public_id, name) for public_id, name, _distance in places]
        field.nhsuk["choice_hints"] = {public_id: distance for public_id, _name, distance in places if distance}

    def chosen(self) -> dict[str, list[Any]]:
        """Return ids of venues, numbers of weekdays and codes of parts; none of the last two where any will do."""
        given = self.cleaned_data
        return {
            "venues": list(given["venues"]),
            "weekdays": [int(day) for day in given["weekdays"] if day != ANY],
            "parts": [part for part in given["parts"] if part != ANY],
        }


class TellMeForm(MobileAndEmailForm):
    """By text or email."""

    tell_by = CheckboxesField(
        label=_("How should we tell you?"),
        help_text=_("Select all that apply. We only write about this."),
        choices=[(TEXT, _("Text message")), (EMAIL, _("Email"))],
        reveals={TEXT: ["mobile"], EMAIL: ["email"]},
        size="m",
        error_messages={"required": _("Select how we should tell you")},
    )
    field_order = ["tell_by", "mobile", "email"]


class WaitingContactForm(TellMeForm):
    """Who waits, and how they can be told."""

    contact_name = NameField(
        label=_("Your full name"),
        subject=_("your full name"),
        max_length=200,
        autocomplete="name",
        width=20,
        size="m",
    )
    field_order = ["contact_name", "tell_by", "mobile", "email"]


class AlertForm(SearchForm, TellMeForm):
    """Near which place, and how they can be told."""

    field_order = ["near", "tell_by", "mobile", "email"]
