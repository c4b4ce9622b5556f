"""Which clinic, which day, what time."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from clinics import words
from clinics.queries import ClinicDay
from nhsuk.forms import NhsukForm, RadiosField


def part_of_day(day: ClinicDay) -> str:
    """Return the parts of the day that still have free times, in words."""
    if day.morning and day.afternoon:
        return _t("Morning and afternoon")
    return _t("Morning") if day.morning else _t("Afternoon")


class DayForm(NhsukForm):
    """One of the days on which a clinic is held."""

    day = RadiosField(
        label=_("Which day do you want?"), heading=True, error_messages={"required": _("Select a day")}
    )

    def __init__(self, *args: object, days: Sequence[ClinicDay], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["day"]
        field.choices = [(str(day.session.public_id), words.day(day.session.date)) for day in days]
        field.nhsuk["choice_hints"] = {str(day.session.public_id): part_of_day(day) for day in days}
        field.error_messages["invalid_choice"] = _t("That day is full. Select another day")
        field.own_messages = frozenset({"required", "invalid_choice"})


class TimeForm(NhsukForm):
    """One of the times that fit everybody. The page groups them; ``choice`` reads what was chosen."""

    starts_at = RadiosField(error_messages={"required": _("Select a time")})

    def __init__(self, *args: object, question: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].label = question

    @staticmethod
    def choice(value: str) -> tuple[datetime, bool] | None:
        """Return the moment that a choice stands for, and whether the family is to be split; None for neither."""
        split = value.startswith("split ")
        try:
            moment = datetime.fromisoformat(value.removeprefix("split "))
        except ValueError:
            return None
        return (moment, split) if moment.tzinfo is not None else None
