"""One loading of the demonstration: the clock it was given, the team, and the people who do things in it."""

from dataclasses import dataclass
from datetime import date, datetime, time

from accounts.models import Team, User
from clinics.actions import wall_time
from clinics.models import ClinicSession
from clinics.times import london_day

SOURCE = "demonstration"


def nhs_number(serial: int) -> str:
    """Return the ``serial``-th NHS number of the range that is never issued, with its check digit.

    Numbers whose check digit would be 10 do not exist; the next that does is returned. Source: NHS data dictionary,
    NHS number, modulus 11.
    """
    stem = 999_000_000 + serial * 7
    while True:
        digits = [int(digit) for digit in str(stem)]
        check = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return f"{stem}{0 if check == 11 else check}"
        stem += 1


@dataclass
class Stage:
    """``serial`` counts the NHS numbers given out so far."""

    now: datetime
    team: Team
    nurse: User
    coordinator: User
    serial: int

    @property
    def today(self) -> date:
        """The day in London."""
        return london_day(self.now)

    def moment(self, session: ClinicSession, wished: datetime) -> datetime:
        """Return ``wished``, but never a time that has not come yet, and always on the clinic's day."""
        return max(min(wished, self.now), wall_time(session.date, time(0, 5)))

    def next_number(self) -> str:
        """Return an NHS number that nobody in the demonstration has yet."""
        self.serial += 1
        return nhs_number(self.serial)
