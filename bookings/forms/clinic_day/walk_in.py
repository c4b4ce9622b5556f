"""Adding somebody who walked in: four facts, and whatever else they have."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from bookings.forms.clinic_day.from_paper import time_of_arrival
from bookings.forms.clinic_day.people_list import PrisonNumberField
from bookings.forms.person import PersonForm
from clinics.models import ClinicSession
from immunisations.ages import years_between
from immunisations.models import Visit
from nhsuk.forms import (
    CheckboxField,
    NameField,
    NhsNumberField,
    PhoneField,
    PostcodeField,
    RadiosField,
    TextField,
    field_of,
)

# From here on people come for themselves: nobody else is asked for (Family Law Reform Act 1969, section 8).
FOR_THEMSELVES = 16
YES = "parent"
NO = "nobody"
NOW = "now"
NEXT_TIME = "next"
# What belongs to nobody's four facts and is folded away.
FOLDED = (
    "came",
    "approximate",
    "why",
    "postcode",
    "no_fixed_abode",
    "phone",
    "nhs_number",
    "prison_number",
    "language",
    "interpreter_needed",
)


class WalkInForm(PersonForm):
    """First name, last name, date of birth, who is with them; everything after that may stay empty."""

    here = RadiosField(
        label=_("Is a parent or carer here?"),
        subject=_("whether a parent or carer is here"),
        help_text=_("Leave empty for anybody aged 16 or over: they come for themselves"),
        choices=[(YES, _("Yes")), (NO, _("No"))],
        required=False,
        size="s",
        reveals={YES: ["carer_name"]},
        inline=False,
    )
    carer_name = NameField(label=_("Name of the parent or carer (optional)"), required=False, max_length=100)
    came = TextField(
        label=_("Time they came, if not now (optional)"),
        subject=_("the time they came"),
        help_text=_("From paper. For example, 10:20am or 1020"),
        required=False,
        max_length=20,
        width=5,
        size="s",
    )
    approximate = CheckboxField(label=_("The date of birth is not certain"), required=False, small=True)
    why = RadiosField(
        label=_("Why did they come? (optional)"), choices=Visit.Why, required=False, size="s", inline=True
    )
    postcode = PostcodeField(label=_("Postcode (optional)"), subject=_("a postcode"), required=False, size="s")
    no_fixed_abode = CheckboxField(label=_("No fixed address"), required=False, small=True)
    phone = PhoneField(
        label=_("Phone (optional)"), subject=_("a phone number"), required=False, size="s", international=True
    )
    nhs_number = NhsNumberField(label=_("NHS number (optional)"), subject=_("an NHS number"), required=False, size="s")
    prison_number = PrisonNumberField(
        label=_("Prison number (optional)"), subject=_("the prison number"), required=False, size="s"
    )
    language = TextField(
        label=_("Language spoken, if not English (optional)"), required=False, size="s", max_length=60, width=20
    )
    interpreter_needed = CheckboxField(label=_("Interpreter needed"), required=False, small=True)
    when = RadiosField(
        label=_("When are they seen?"),
        subject=_("when they are seen"),
        choices=[(NOW, _("Now, in the queue")), (NEXT_TIME, _("At the next free time, as an appointment"))],
        required=False,
        initial=NOW,
        size="s",
        inline=False,
    )

    def __init__(
        self,
        *args: Any,
        clinic: ClinicSession,
        now: datetime,
        prison: bool = False,
        free_time: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._clinic, self._now = clinic, now
        if self.today != clinic.date:
            # Only from paper: the printed list says when.
            field_of(self, "came").required = True
            self.fields["came"].label = _("Time they came, as on the paper")
        if not prison:
            del self.fields["prison_number"]
        if not free_time:
            del self.fields["when"]
        else:
            field: Any = self.fields["when"]
            field.choices = [
                (NOW, _("Now, in the queue")),
                (NEXT_TIME, _("At the next free time, %(time)s, as an appointment") % {"time": free_time}),
            ]

    def clean_came(self) -> datetime | None:
        """Return when they came, None where it is now."""
        return time_of_arrival(self.cleaned_data["came"], self._clinic, now=self._now)

    @property
    def folded(self) -> list[Any]:
        """The fields that are folded away, in the page's order."""
        return [self[name] for name in FOLDED if name in self.fields]

    @property
    def unfolds(self) -> bool:
        """Whether something was typed in what is folded away, or is copied there, or is wrong there."""
        names = [name for name in FOLDED if name in self.fields]
        if self.fields["came"].required:
            return True
        if self.is_bound:
            return any(name in self.errors or name in self.changed_data for name in names)
        return any(self.initial.get(name) for name in names)

    def clean(self) -> dict[str, Any]:
        """Ask who is with a child; a grown-up comes for themselves."""
        data = super().clean() or self.cleaned_data
        born = data.get("date_of_birth")
        if self.today is None:
            raise TypeError("a walk-in's age is as of a day")
        young = born is None or years_between(born, self.today) < FOR_THEMSELVES
        if young and not data.get("here") and "here" not in self.errors:
            self.add_error("here", _("Select whether a parent or carer is here"))
        return data

    @property
    def carer(self) -> str:
        """Who came with them, "" where nobody did or nobody said a name."""
        return self.cleaned_data["carer_name"] if self.cleaned_data.get("here") == YES else ""

    @property
    def books(self) -> bool:
        """Whether they are put in at the next free time."""
        return self.cleaned_data.get("when") == NEXT_TIME

    def details(self) -> dict[str, Any]:
        """Return the facts as ``add_person`` takes them."""
        data = self.cleaned_data
        return {
            "first_name": data["first_name"],
            "last_name": data["last_name"],
            "date_of_birth": data["date_of_birth"],
            "date_of_birth_is_approximate": data["approximate"],
            "postcode": data["postcode"],
            "no_fixed_abode": data["no_fixed_abode"],
            "phone": data["phone"],
            "nhs_number": data["nhs_number"],
            "language": data["language"],
            "interpreter_needed": data["interpreter_needed"],
        }
