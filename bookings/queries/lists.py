"""A clinic's list of people by wing or site: who is on it, what came of each, and whether everybody was offered."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.models import ListEntry, ListImport
from bookings.privacy import private_people
from clinics.models import ClinicSession
from clinics.vaccines import Vaccine
from immunisations.models import Offer, Person, PersonIdentifier, Vaccination, Visit
from immunisations.queries import standing_at

NOT_HERE = frozenset({Vaccination.Reason.NOT_PRODUCED.value, Vaccination.Reason.LEFT.value})


class Standing(models.TextChoices):
    """Where somebody on the list stands."""

    OPEN = "open", gettext_lazy("Not yet offered")
    HERE = "here", gettext_lazy("Arrived")
    OFFERED = "offered", gettext_lazy("Offered, not decided")
    VACCINATED = "vaccinated", gettext_lazy("Vaccinated")
    DECLINED = "declined", gettext_lazy("Declined")
    NOT_HERE = "not_here", gettext_lazy("Not produced, or not here")
    OTHER = "other", gettext_lazy("Not given for another reason")


COLOURS: dict[str, str] = {
    Standing.OPEN: "white",
    Standing.HERE: "blue",
    Standing.OFFERED: "yellow",
    Standing.VACCINATED: "green",
    Standing.DECLINED: "grey",
    Standing.NOT_HERE: "pink",
    Standing.OTHER: "orange",
}
# Somebody who still has to be asked. Whoever arrived is here to be asked.
TO_ASK = frozenset({Standing.OPEN, Standing.HERE})


@dataclass
class ListRow:
    """One person on the list."""

    entry: ListEntry
    person: Person
    standing: Standing
    # Whether an offer is on record: a dose, a decline, or an offer by itself.
    offered: bool
    visit: Visit | None = None
    prison_number: str = ""
    given: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    private: bool = False
    # The series that something is recorded of here.
    recorded: frozenset[str] = frozenset()

    @property
    def colour(self) -> str:
        return COLOURS[self.standing]

    @property
    def words(self) -> str:
        """What was given, or why not, for staff to read on a list: nothing of it where that was asked."""
        if self.private:
            return ""
        # That they declined is what the word beside it says.
        return ", ".join(self.given or (self.reasons if self.standing in (Standing.OTHER, Standing.NOT_HERE) else ()))

    @property
    def kind(self) -> str | Promise:
        """Resident or staff."""
        return _("Staff") if self.entry.is_staff else _("Resident")


@dataclass
class ListGroup:
    """The people of one wing or site, and their numbers."""

    name: str
    rows: list[ListRow] = field(default_factory=list)

    def count(self, fits: Callable[[ListRow], bool]) -> int:
        return sum(map(fits, self.rows))

    @property
    def listed(self) -> int:
        return len(self.rows)

    @property
    def residents(self) -> int:
        return self.count(lambda row: not row.entry.is_staff)

    @property
    def staff(self) -> int:
        return self.count(lambda row: row.entry.is_staff)

    @property
    def offered(self) -> int:
        return self.count(lambda row: row.offered)

    @property
    def vaccinated(self) -> int:
        return self.count(lambda row: row.standing == Standing.VACCINATED)

    @property
    def declined(self) -> int:
        return self.count(lambda row: row.standing == Standing.DECLINED)

    @property
    def undecided(self) -> int:
        return self.count(lambda row: row.standing == Standing.OFFERED)

    @property
    def not_here(self) -> int:
        return self.count(lambda row: row.standing == Standing.NOT_HERE)

    @property
    def other(self) -> int:
        return self.count(lambda row: row.standing == Standing.OTHER)

    @property
    def to_ask(self) -> int:
        return self.count(lambda row: row.standing in TO_ASK)


@dataclass
class ListReport:
    """A clinic's list: everybody on it by wing, who was taken off, and what can be said of all of them."""

    session: ClinicSession
    groups: list[ListGroup]
    taken_off: list[ListEntry]
    imports: list[ListImport]

    @property
    def rows(self) -> list[ListRow]:
        return [row for group in self.groups for row in group.rows]

    @property
    def all(self) -> ListGroup:
        """Everybody."""
        return ListGroup("", self.rows)

    @property
    def residents(self) -> ListGroup:
        """Those who live there."""
        return ListGroup("", [row for row in self.rows if not row.entry.is_staff])

    @property
    def staff(self) -> ListGroup:
        """Those who work there."""
        return ListGroup("", [row for row in self.rows if row.entry.is_staff])

    @property
    def to_ask(self) -> list[ListRow]:
        """Who was not offered anything yet, by name."""
        return [row for row in self.rows if row.standing in TO_ASK]

    @property
    def everyone_offered(self) -> bool:
        """Whether everybody on the list was vaccinated or declined, and there is somebody on it."""
        done = {Standing.VACCINATED, Standing.DECLINED}
        return bool(self.rows) and all(row.standing in done for row in self.rows)

    @property
    def missing(self) -> list[str]:
        """What keeps the sentence from being true, a phrase each."""
        everybody = self.all
        counted = (
            (everybody.to_ask, "%(count)s not yet offered", "%(count)s not yet offered"),
            (everybody.not_here, "%(count)s not produced, or not here", "%(count)s not produced, or not here"),
            (everybody.undecided, "%(count)s offered and not decided", "%(count)s offered and not decided"),
        )
        found = [ngettext(one, many, count) % {"count": count} for count, one, many in counted if count]
        reasons = Counter(reason for row in self.rows if row.standing == Standing.OTHER for reason in row.reasons[:1])
        found += [f"{count} {reason[:1].lower()}{reason[1:]}" for reason, count in sorted(reasons.items())]
        return found

    @property
    def sentence(self) -> str:
        """The line of the clinic's report: everybody was offered, only where that is so; else what is missing."""
        if not self.rows:
            return _("Nobody is on the list.")
        if self.everyone_offered:
            return _("Everyone on the list was offered vaccination; all were vaccinated unless they chose to decline.")
        return _("Not everyone on the list was vaccinated or declined: %(missing)s.") % {
            "missing": ", ".join(self.missing)
        }


def list_report(session: ClinicSession) -> ListReport:
    """Return a clinic's list and what came of everybody on it, counted from the records, in a fixed number of queries.

    A dose or a decline through any page counts as an offer. People found to be one person count once.
    """
    entries = list(
        ListEntry.objects.filter(session=session)
        .select_related("person__merged_into")
        .order_by("group", "position", "pk")
    )
    on_it = [entry for entry in entries if entry.taken_off_at is None]
    recorded: dict[int, list[tuple[str, str, str, str]]] = defaultdict(list)
    for stands in standing_at(session):
        recorded[stands.person_id].append((stands.series, stands.status, stands.not_done_reason, stands.vaccine))
    root = Coalesce("person__merged_into", "person")
    offers = dict(Offer.objects.filter(session=session).order_by("offered_at", "pk").values_list(root, "answer"))
    visits = {visit.person.root_id: visit for visit in Visit.objects.filter(session=session).select_related("person")}
    numbers = dict(
        PersonIdentifier.objects.filter(
            kind=PersonIdentifier.Kind.PRISON_NUMBER, person__list_entries__session=session
        ).values_list(root, "value")
    )
    private = private_people({entry.person.root_id for entry in on_it})
    groups: dict[str, ListGroup] = {}
    seen: set[int] = set()
    for entry in on_it:
        person = entry.person.merged_into or entry.person
        if person.pk in seen:
            continue
        seen.add(person.pk)
        row = _row(entry, person, recorded[person.pk], offers.get(person.pk), visits.get(person.pk))
        row.prison_number = numbers.get(person.pk, "")
        row.private = person.pk in private
        groups.setdefault(entry.group, ListGroup(entry.group)).rows.append(row)
    return ListReport(
        session,
        list(groups.values()),
        [entry for entry in entries if entry.taken_off_at is not None],
        list(ListImport.objects.filter(session=session)),
    )


def arrived_rows(session: ClinicSession, *, but: Collection[int]) -> list[ListRow]:
    """Return those who are at the clinic, in the order in which they came, as rows of its list; ``but`` are the keys of
    people who are left out, such as those on it."""
    recorded: dict[int, list[tuple[str, str, str, str]]] = defaultdict(list)
    for stands in standing_at(session):
        recorded[stands.person_id].append((stands.series, stands.status, stands.not_done_reason, stands.vaccine))
    here = Visit.objects.filter(session=session, left_at__isnull=True).select_related("person__merged_into")
    rows = []
    for visit in here.order_by("arrived_at", "pk"):
        person = visit.person.merged_into or visit.person
        if person.pk not in but:
            rows.append(_row(ListEntry(session=session, person=person), person, recorded[person.pk], None, visit))
    return rows


def _row(
    entry: ListEntry,
    person: Person,
    recorded: Iterable[tuple[str, str, str, str]],
    answer: str | None,
    visit: Visit | None,
) -> ListRow:
    rows = list(recorded)
    given = tuple(
        str(Vaccine(vaccine).label) for _s, status, _r, vaccine in rows if status == Vaccination.Status.COMPLETED
    )
    reasons = [reason for _s, status, reason, _v in rows if status == Vaccination.Status.NOT_DONE]
    declined = Vaccination.Reason.DECLINED.value in reasons or answer == Offer.Answer.DECLINED
    if given:
        standing = Standing.VACCINATED
    elif declined:
        standing = Standing.DECLINED
    elif reasons and all(reason in NOT_HERE for reason in reasons):
        standing = Standing.NOT_HERE
    elif reasons:
        standing = Standing.OTHER
    elif answer is not None:
        standing = Standing.OFFERED
    else:
        standing = Standing.HERE if visit is not None else Standing.OPEN
    return ListRow(
        entry,
        person,
        standing,
        offered=bool(given) or declined or answer is not None,
        visit=visit,
        given=given,
        reasons=tuple(str(Vaccination.Reason(reason).label) for reason in dict.fromkeys(reasons)),
        recorded=frozenset(series for series, _t, _r, _v in rows),
    )


def numbers_table(report: ListReport) -> list[list[object]]:
    """Return the numbers of a list as a table: its header, a line a wing or site, and all of them together."""
    table: list[list[object]] = [
        [
            _("Wing or site"),
            _("On the list"),
            _("Residents"),
            _("Staff"),
            _("Offered"),
            _("Vaccinated"),
            _("Declined"),
            _("Not produced, or not here"),
            _("Not given for another reason"),
            _("Offered, not decided"),
            _("Not yet offered"),
        ]
    ]
    parts = [(group.name or _("No wing or site"), group) for group in report.groups]
    parts += [(_("All residents"), report.residents), (_("All staff"), report.staff), (_("Everybody"), report.all)]
    for name, group in parts:
        table.append(
            [
                name,
                group.listed,
                group.residents,
                group.staff,
                group.offered,
                group.vaccinated,
                group.declined,
                group.not_here,
                group.other,
                group.undecided,
                group.to_ask,
            ]
        )
    return table


def list_table(report: ListReport) -> list[list[object]]:
    """Return a clinic's list as the rows of one file: the numbers, then everybody with what came of them."""
    table: list[list[object]] = [
        [_("Clinic"), report.session.name],
        [_("Date"), report.session.date.isoformat()],
        [report.sentence],
        [],
        *numbers_table(report),
        [],
        [
            _("Wing or site"),
            _("Cell or pitch"),
            _("Last name"),
            _("First name"),
            _("Date of birth"),
            _("NHS number"),
            _("Prison number"),
            _("Resident or staff"),
            _("Offered"),
            _("Where they stand"),
            _("Vaccines, or why not"),
        ],
    ]
    for row in report.rows:
        table.append(
            [
                row.entry.group,
                row.entry.location,
                row.person.last_name,
                row.person.first_name,
                row.person.date_of_birth.isoformat(),
                row.person.nhs_number,
                row.prison_number,
                row.kind,
                _("Yes") if row.offered else _("No"),
                row.standing.label,
                row.words,
            ]
        )
    return table
