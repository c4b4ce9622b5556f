"""What to pack for a clinic: doses by vaccine with some to spare, and who needs what else."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bookings.models import Appointment, ListEntry
from bookings.queries.store import BatchStock, takeable
from clinics.models import ClinicSession
from clinics.vaccines import Vaccine, series_of
from immunisations.actions.statuses import rows_of_roots
from immunisations.ages import age_in_words
from immunisations.models import Person
from immunisations.people import root_of
from immunisations.products import unsuited_by_age
from immunisations.queries.known_doses import known_doses
from immunisations.schedule import NEVER_COUNTED, NO_EARLY_SECOND_ADVICE, VACCINES, Dose, ScheduleError, forecast
from immunisations.schedule.standing import Given
from immunisations.written_dates import span_of

# A dose may turn out to be due: packed rather than sent for.
WANTED = frozenset({"due", "overdue", "ask"})


def with_spare(doses: int) -> int:
    """Return how many doses to pack for so many that are expected: a part more, and at least a few; none for none.

    The part is the setting STOCK_SPARE_PERCENT, the few STOCK_SPARE_LEAST.
    """
    if doses <= 0:
        return 0
    return doses + max(settings.STOCK_SPARE_LEAST, ceil(doses * settings.STOCK_SPARE_PERCENT / 100))


@dataclass(frozen=True)
class Expected:
    """Somebody who is expected, without their name: the list may lie open on a table."""

    starts_at: datetime | None
    group: str
    born: date
    age: str
    vaccines: list[str]
    # Whether their record says so, or only their age: nobody has matched them to a record yet.
    by_record: bool
    gelatine_free: bool

    @property
    def names(self) -> list[str | Promise]:
        return [Vaccine(code).label for code in self.vaccines]


@dataclass(frozen=True)
class FromBatch:
    """So many doses of one batch."""

    stock: BatchStock
    doses: int


@dataclass
class PackLine:
    """One vaccine: who needs it, how many doses to pack, and from which batches."""

    vaccine: str
    by_record: int = 0
    by_age: int = 0
    # Of them, those who asked for a vaccine without gelatine.
    gelatine_free: int = 0
    # Whether the team's products of it differ in this.
    has_gelatine: bool = False
    batches: list[FromBatch] = field(default_factory=list)
    without_gelatine_packed: int = 0

    @property
    def name(self) -> str | Promise:
        return Vaccine(self.vaccine).label

    @property
    def needed(self) -> int:
        return self.by_record + self.by_age

    @property
    def to_pack(self) -> int:
        return with_spare(self.needed)

    @property
    def spare(self) -> int:
        return self.to_pack - self.needed

    @property
    def without_gelatine(self) -> int:
        """How many of the doses must be without gelatine."""
        return min(self.to_pack, with_spare(self.gelatine_free))

    @property
    def packed(self) -> int:
        return sum(each.doses for each in self.batches)

    @property
    def short(self) -> int:
        """The doses that are not in the store."""
        return max(0, self.to_pack - self.packed)

    @property
    def short_without_gelatine(self) -> int:
        """The doses without gelatine that are not in the store."""
        return max(0, self.without_gelatine - self.without_gelatine_packed)


@dataclass(frozen=True)
class PackList:
    """Everything to take to one clinic."""

    lines: list[PackLine]
    people: list[Expected]
    interpreters: list[tuple[str, list[datetime]]]
    extra_time: list[datetime]
    support: list[tuple[datetime, str]]

    @property
    def doses(self) -> int:
        return sum(line.to_pack for line in self.lines)

    @property
    def unmatched(self) -> int:
        """How many people nobody has matched to a record."""
        return sum(not each.by_record for each in self.people)


def pack_list(session: ClinicSession, *, today: date) -> PackList:
    """Return what to pack for a clinic, from who is booked and who is on its list.

    What somebody needs of what the clinic offers follows from their record where a person is matched; for anybody else
    it is whatever a person of that age is due who has had nothing. A person who is booked and listed counts once. The
    number of queries does not depend on how many people there are.
    """
    appointments = list(
        Appointment.objects.filter(session=session, state=Appointment.State.BOOKED)
        .select_related("booking", "person__merged_into")
        .order_by("starts_at", "position", "pk")
    )
    entries = list(
        ListEntry.objects.filter(session=session, taken_off_at__isnull=True)
        .select_related("person__merged_into")
        .order_by("group", "position", "pk")
    )
    matched = [root_of(each.person) for each in appointments if each.person is not None]
    needs = _Needs(session, [*matched, *(root_of(entry.person) for entry in entries)])
    people, seen = [], set()
    for appointment in appointments:
        root = root_of(appointment.person) if appointment.person is not None else None
        if root is not None:
            seen.add(root.pk)
        born = root.date_of_birth if root is not None else appointment.date_of_birth
        people.append(
            Expected(
                starts_at=appointment.starts_at,
                group="",
                born=born,
                age=age_in_words(born, session.date),
                vaccines=needs.of(root, born),
                by_record=root is not None,
                gelatine_free=appointment.gelatine_free,
            )
        )
    for entry in entries:
        root = root_of(entry.person)
        if root.pk not in seen:
            seen.add(root.pk)
            people.append(
                Expected(
                    starts_at=None,
                    group=entry.group,
                    born=root.date_of_birth,
                    age=age_in_words(root.date_of_birth, session.date),
                    vaccines=needs.of(root, root.date_of_birth),
                    by_record=True,
                    gelatine_free=False,
                )
            )
    return PackList(
        lines=_lines(session, people, takeable(session, today=today)),
        people=people,
        interpreters=_interpreters(appointments),
        extra_time=[each.starts_at for each in appointments if each.extra_time],
        support=[
            (each.starts_at, words)
            for each in appointments
            for words in dict.fromkeys(filter(None, (each.booking.support_needs, each.support_needs)))
        ],
    )


class _Needs:
    """What each person probably needs of what a clinic offers."""

    def __init__(self, session: ClinicSession, people: Iterable[Person]) -> None:
        self.session = session
        self.offered = session.vaccine_codes()
        roots = {person.pk for person in people}
        self._doses = known_doses(rows_of_roots(list(roots))) if roots else {}
        self._options = set() if session.advise_18_month_dose else {NO_EARLY_SECOND_ADVICE}
        self._found: dict[tuple[date, str, tuple[Given, ...]], list[str]] = {}

    def of(self, person: Person | None, born: date) -> list[str]:
        """Return codes of Vaccine: by the record of the person, else for anybody of that age who has had nothing."""
        doses = tuple(self._doses.get(person.pk, ())) if person is not None else ()
        known = (born, person.sex if person is not None else "", doses)
        if known not in self._found:
            self._found[known] = self._due(*known)
        return self._found[known]

    def _due(self, born: date, sex: str, given: Sequence[Given]) -> list[str]:
        on = self.session.date
        facts = {sex} & {"male", "female"} | ({"outbreak"} if self.session.early_doses else set())
        doses = [
            Dose(each.vaccine, each.given_on)
            for each in given
            if (each.vaccine in VACCINES or each.vaccine in NEVER_COUNTED)
            and span_of(each.given_on)[0] <= on
            and span_of(each.given_on)[1] >= born
        ]
        try:
            results = forecast(born, doses, on, facts, options=self._options)
        except ScheduleError:
            # A record or a date of birth that cannot be: whoever comes is asked, and may need anything on offer.
            return list(self.offered)
        found = []
        for each in results:
            of_series = [code for code in self.offered if series_of(code) == each.series]
            if of_series and each.status in WANTED:
                found.append(each.vaccine if each.vaccine in of_series else of_series[0])
        return list(dict.fromkeys(found))


def _lines(session: ClinicSession, people: Sequence[Expected], stock: Sequence[BatchStock]) -> list[PackLine]:
    lines = {code: PackLine(code) for code in session.vaccine_codes()}
    births: dict[str, list[date]] = defaultdict(list)
    for each in people:
        for code in each.vaccines:
            births[code].append(each.born)
            line = lines[code]
            line.by_record += each.by_record
            line.by_age += not each.by_record
            line.gelatine_free += each.gelatine_free
    for code, line in lines.items():
        held = [each for each in stock if each.batch.product.vaccine == code and each.usable]
        # A product that is for nobody who needs the vaccine, such as an infant's, stays in the store.
        fitting = [each for each in held if _fits(each, births[code], session.date)]
        fitting.sort(key=lambda each: (each.batch.expires_on, each.batch.number))
        line.has_gelatine = any(each.batch.product.contains_gelatine for each in fitting)
        _choose(line, fitting)
    return list(lines.values())


def _fits(stock: BatchStock, births: Sequence[date], on: date) -> bool:
    if not births:
        return True
    return any(unsuited_by_age(stock.batch.product, born=born, on=on) is None for born in births)


def _choose(line: PackLine, fitting: Sequence[BatchStock]) -> None:
    """Choose batches, soonest to expire first: those without gelatine for whoever asked, then any for the rest."""
    taken: Counter[int] = Counter()

    def take(wanted: int, of: Iterable[BatchStock]) -> None:
        for each in of:
            doses = min(wanted, each.usable - taken[each.batch.pk])
            if doses > 0:
                taken[each.batch.pk] += doses
                wanted -= doses

    take(line.without_gelatine, [each for each in fitting if not each.batch.product.contains_gelatine])
    take(line.to_pack - taken.total(), fitting)
    line.batches = [FromBatch(each, taken[each.batch.pk]) for each in fitting if taken[each.batch.pk]]
    line.without_gelatine_packed = sum(
        each.doses for each in line.batches if not each.stock.batch.product.contains_gelatine
    )


def _interpreters(appointments: Sequence[Appointment]) -> list[tuple[str, list[datetime]]]:
    """Return the languages that interpreters are needed for, each with the times of those bookings."""
    found: dict[str, dict[int, datetime]] = defaultdict(dict)
    for each in appointments:
        person = root_of(each.person) if each.person is not None else None
        if each.booking.interpreter_needed or (person is not None and person.interpreter_needed):
            language = each.booking.spoken_language or (person.language if person is not None else "")
            found[language or _("Language not known")].setdefault(each.booking_id, each.starts_at)
    return [(language, list(times.values())) for language, times in sorted(found.items())]
