"""Everybody who had a batch, with what is known of how to reach them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models.functions import Coalesce

from bookings.models import Appointment, Booking
from bookings.privacy import private_people
from clinics.models import Batch
from immunisations.models import Person, Vaccination
from immunisations.people import root_of


@dataclass
class Recalled:
    """One person who had a batch, or whose record first said so: their doses of it, and how to reach them."""

    person: Person
    # Doses of the batch that stand, or those that were recorded with it first.
    doses: list[Vaccination]
    # Whether they asked, as a young person, that parents are not told: only they themselves are contacted.
    private: bool = False
    # The latest booking with their appointment in it; None where they walked in, or where it must not be used.
    booking: Booking | None = None

    @property
    def phones(self) -> list[str]:
        """Their own number and that of whoever booked, each once."""
        numbers = [self.person.phone, self.booking.phone if self.booking else ""]
        return list(dict.fromkeys(number for number in numbers if number))

    @property
    def language(self) -> str:
        """What they or whoever booked speaks, where that is known."""
        return self.person.language or (self.booking.spoken_language if self.booking else "")

    @property
    def interpreter(self) -> bool:
        return self.person.interpreter_needed or bool(self.booking and self.booking.interpreter_needed)


@dataclass(frozen=True)
class RecallList:
    """Who had a batch by the records as they stand, and who was recorded with it before a correction."""

    had: list[Recalled] = field(default_factory=list)
    corrected: list[Recalled] = field(default_factory=list)

    @property
    def everybody(self) -> list[Recalled]:
        return [*self.had, *self.corrected]

    @property
    def doses(self) -> int:
        return sum(len(each.doses) for each in self.had)


def recall_list(batch: Batch) -> RecallList:
    """Return everybody who had a batch at any clinic of its team, by last name; people who were merged once.

    Whoever has a dose of it that stands is in ``had``. Whoever was recorded with it and has none now (another batch
    was given, or another person had the dose, or none was given) is in ``corrected``. Three queries, however many.
    """
    rows = (
        Vaccination.objects.filter(batch=batch, status=Vaccination.Status.COMPLETED)
        .select_related("person__merged_into", "person__practice", "session", "replaced_by")
        .order_by("given_at", "pk")
    )
    standing: dict[int, list[Vaccination]] = defaultdict(list)
    earlier: dict[int, list[Vaccination]] = defaultdict(list)
    roots: dict[int, Person] = {}
    for row in rows:
        root = root_of(row.person)
        roots[root.pk] = root
        (earlier if hasattr(row, "replaced_by") else standing)[root.pk].append(row)
    private = private_people(set(roots)) if roots else set()
    bookings = _latest_bookings(set(roots) - private)

    def people(keys: Iterable[int], doses: dict[int, list[Vaccination]]) -> list[Recalled]:
        found = [Recalled(roots[key], doses[key], key in private, bookings.get(key)) for key in keys]
        return sorted(found, key=lambda each: (each.person.list_name.casefold(), each.person.pk))

    return RecallList(people(standing, standing), people(earlier.keys() - standing.keys(), earlier))


def _latest_bookings(roots: set[int]) -> dict[int, Booking]:
    if not roots:
        return {}
    appointments = (
        Appointment.objects.annotate(root=Coalesce("person__merged_into", "person"))
        .filter(root__in=roots)
        .select_related("booking")
        .order_by("pk")
    )
    return {appointment.root: appointment.booking for appointment in appointments}
