"""Who came to a clinic, as it was written on the printed list: a time beside each name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bookings.forms.clinic_day.times import read_time
from bookings.models import Appointment
from bookings.queries.rows import DayRow
from clinics.models import ClinicSession
from clinics.times import NotATime, wall_time
from nhsuk.forms import NhsukForm, TextField


def time_of_arrival(typed: str, clinic: ClinicSession, *, now: datetime) -> datetime | None:
    """Return the moment on the clinic's day that was typed, None for nothing.

    Raises ValidationError for what is no time, no time of that day, or still to come.
    """
    if not typed:
        return None
    found = read_time(typed)
    if found is None:
        raise forms.ValidationError(_("Enter a time, like 10:20am or 14:05"))
    try:
        moment = wall_time(clinic.date, found)
    except NotATime as problem:
        raise forms.ValidationError(str(problem)) from problem
    if moment > now:
        raise forms.ValidationError(_("The time they came must be in the past"))
    return moment


@dataclass(frozen=True)
class PaperRow:
    """Somebody who was expected, and the box for when they came."""

    row: DayRow
    box: forms.BoundField


class FromPaperForm(NhsukForm):
    """A box for each of those who were expected; whoever's stays empty did not come, as far as the paper says."""

    def __init__(
        self, *args: Any, rows: Sequence[DayRow], clinic: ClinicSession, now: datetime, hidden: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._clinic, self._now = clinic, now
        self._rows = [(row, row.appointment) for row in rows if row.appointment is not None]
        for row, appointment in self._rows:
            name = row.shown_name if hidden else row.list_name
            self.fields[self._name_of(appointment)] = TextField(
                label=_("When %(name)s came") % {"name": name},
                subject=_("when %(name)s came") % {"name": name},
                required=False,
                max_length=20,
                width=5,
                size="s",
                hide_label=True,
            )

    @staticmethod
    def _name_of(appointment: Appointment) -> str:
        return f"came-{appointment.public_id}"

    @property
    def rows(self) -> list[PaperRow]:
        """Each of them with their box."""
        return [PaperRow(row, self[self._name_of(appointment)]) for row, appointment in self._rows]

    def clean(self) -> dict[str, Any]:
        """Read every time, and say beside each what is wrong with it."""
        data = super().clean() or self.cleaned_data
        self.came: dict[Appointment, datetime] = {}
        for _row, appointment in self._rows:
            name = self._name_of(appointment)
            try:
                moment = time_of_arrival(data.get(name, ""), self._clinic, now=self._now)
            except forms.ValidationError as problem:
                self.add_error(name, problem)
            else:
                if moment is not None:
                    self.came[appointment] = moment
        return data
