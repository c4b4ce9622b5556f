"""Which clinic, which day, what time."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinics import words
from clinics.models import ClinicSession
from clinics.queries import ClinicDay
from clinics.times import london_day
from nhsuk.forms import NhsukForm, RadiosField

# So few times that it helps to know: a family looks at another day.
FEW = 3


def part_of_day(day: ClinicDay[ClinicSession]) -> str:
    """Return the parts of the day that still have free times, in words."""
    if day.morning and day.afternoon:
        return _t("Morning and afternoon")
    return _t("Morning") if day.morning else _t("Afternoon")


def day_hint(day: ClinicDay[ClinicSession], left: int) -> str:
    """Return what is left on a day: the parts of it, and how many times where there are FEW or fewer."""
    parts = part_of_day(day)
    if left > FEW:
        return parts
    return ngettext("%(parts)s. Only %(count)s time left", "%(parts)s. Only %(count)s times left", left) % {
        "parts": parts,
        "count": left,
    }


class DayForm(NhsukForm):
    """One of the days on which a clinic is held."""

    day = RadiosField(label=_("Which day do you want?"), heading=True, error_messages={"required": _("Select a day")})

    def __init__(
        self, *args: Any, days: Sequence[ClinicDay[ClinicSession]], left: Mapping[int, int], **kwargs: Any
    ) -> None:
        """``left`` has how many times are free on each day, by the key of the clinic."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["day"]
        field.choices = [(str(day.session.public_id), words.day(day.session.date)) for day in days]
        field.nhsuk["choice_hints"] = {
            str(day.session.public_id): day_hint(day, left.get(day.session.pk, 0)) for day in days
        }
        field.error_messages["invalid_choice"] = _t("That day is full. Select another day")
        field.own_messages = frozenset({"required", "invalid_choice"})


class TimeForm(NhsukForm):
    """One of the times that fit everybody. The page groups them; ``choice`` reads what was chosen."""

    starts_at = RadiosField(error_messages={"required": _("Select a time")})

    def __init__(self, *args: Any, question: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].label = question

    @staticmethod
    def choice(value: str, *, on: date) -> tuple[datetime, bool] | None:
        """Return the moment that a choice stands for, and whether the family is to be split.

        None for what is no moment of the day ``on``: nothing that our page offered.
        """
        split = value.startswith("split ")
        try:
            moment = datetime.fromisoformat(value.removeprefix("split "))
        except ValueError:
            return None
        # Compared without converting: the first and last moments of the calendar have no time in England.
        if moment.tzinfo is None or abs((moment.date() - on).days) > 1 or london_day(moment) != on:
            return None
        return moment, split
