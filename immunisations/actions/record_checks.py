"""Writing down what a red book, CHIS, a GP record or somebody's word showed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from clinics.times import london_day
from immunisations.actions.statuses import refresh_status
from immunisations.actions.visits import lock_visit
from immunisations.models import DoseSeen, Person, RecordCheck, SeenVaccine, Visit
from immunisations.people import lock_root, row_ids
from immunisations.policies import check_session_open
from immunisations.text import is_blank, tidy
from immunisations.written_dates import span_of

MOST_DOSES = 40


class CheckRefused(Refused):
    """A record check cannot be written like this."""

    code = "check_refused"


@dataclass(frozen=True, slots=True)
class FoundDose:
    """A dose that a source shows; ``given_on`` is "2019-06-01", "2019-06" or "2019", as the source says it.

    ``as_written`` is the vaccine in the source's own words: needed for a vaccine that is on no list of ours.
    """

    vaccine: str
    given_on: str
    country: str = ""
    batch_number: str = ""
    as_written: str = ""


@dataclass(frozen=True, slots=True)
class SourceLook:
    """One source of those looked at in one go: what there was to see, and every dose it shows."""

    source: str
    outcome: str
    source_name: str = ""
    how_seen: str = ""
    doses: Sequence[FoundDose] = ()


def _check_doses(doses: Sequence[FoundDose], *, born: date, today: date, source: str) -> None:
    if len(doses) > MOST_DOSES:
        raise CheckRefused(_("At most %(most)s doses can be written at once.") % {"most": MOST_DOSES}, code="too_many")
    for number, dose in enumerate(doses):
        at = {"dose": number, "source": source}
        if dose.vaccine not in SeenVaccine.values:
            raise CheckRefused(_("Select a vaccine that is on the list."), code="unknown_vaccine", **at)
        if dose.vaccine == SeenVaccine.OTHER and is_blank(dose.as_written):
            raise CheckRefused(_("Enter the vaccine as the record has it."), code="unnamed_vaccine", **at)
        try:
            first, last = span_of(dose.given_on)
        except ValueError as problem:
            raise CheckRefused(_("Enter a real date, or a month or a year."), code="bad_date", **at) from problem
        if last < born:
            raise CheckRefused(_("This dose is dated before the person was born."), code="before_birth", **at)
        if first > today:
            raise CheckRefused(_("This dose is dated in the future."), code="in_the_future", **at)


def _check_look(look: SourceLook, *, born: date, today: date) -> None:
    about = {"source": look.source}
    if look.source not in RecordCheck.Source.values or look.outcome not in RecordCheck.Outcome.values:
        raise CheckRefused(_("Select what you looked at and what it showed."), code="unknown_look", **about)
    if look.outcome == RecordCheck.Outcome.DOSES_FOUND and not look.doses:
        raise CheckRefused(_("Enter at least one dose that the record shows."), code="no_doses", **about)
    if look.outcome != RecordCheck.Outcome.DOSES_FOUND and look.doses:
        raise CheckRefused(
            _("Doses were entered: select “Looked at, doses found”."), code="doses_without_outcome", **about
        )
    if look.source == RecordCheck.Source.NONE and look.doses:
        raise CheckRefused(
            _("Where there is no record anywhere, there are no doses to enter."), code="none_shows_none", **about
        )
    _check_doses(look.doses, born=born, today=today, source=look.source)


def _check_together(looks: Sequence[SourceLook]) -> None:
    sources = [look.source for look in looks]
    if not looks:
        raise CheckRefused(_("Select what you looked at and what it showed."), code="nothing_looked_at")
    if len(set(sources)) < len(sources):
        raise CheckRefused(_("Each source can be looked at once in one check."), code="source_twice")
    found = [look for look in looks if look.outcome == RecordCheck.Outcome.DOSES_FOUND]
    if RecordCheck.Source.NONE in sources and found:
        raise CheckRefused(
            _("Doses were found: it cannot be that there is no record anywhere."), code="none_beside_doses"
        )


@transaction.atomic
def record_round(
    *,
    looks: Sequence[SourceLook],
    finding: str,
    by: User,
    at: datetime,
    visit: Visit | None = None,
    person: Person | None = None,
    client_uuid: uuid.UUID | None = None,
    door: str = "staff",
) -> list[RecordCheck]:
    """Write down the sources looked at in one go, with one finding: a record check a source. Nothing is ever edited.

    Give the ``visit`` it was made on, or the ``person`` where there is none. A source that is not among ``looks`` was
    not asked. The same ``client_uuid`` returns the checks that are there. Raises CheckRefused, with the ``source`` and
    the number of the ``dose`` at fault, or ``used_before`` where the round with this ``client_uuid`` is about somebody
    else; PermissionDenied for the wrong role.
    """
    _check_together(looks)
    round_id = client_uuid or uuid.uuid4()
    return _write(
        looks=looks,
        finding=finding,
        by=by,
        at=at,
        visit=visit,
        person=person,
        ids=[uuid.uuid5(round_id, look.source) for look in looks],
        round_id=round_id,
        door=door,
    )


@transaction.atomic
def record_check(
    *,
    source: str,
    outcome: str,
    finding: str,
    by: User,
    at: datetime,
    visit: Visit | None = None,
    person: Person | None = None,
    source_name: str = "",
    how_seen: str = "",
    doses: Sequence[FoundDose] = (),
    client_uuid: uuid.UUID | None = None,
    door: str = "staff",
) -> RecordCheck:
    """Write down one look at one source, with every dose it shows: for whoever knows of this one alone.

    ``source`` and ``outcome`` are those of RecordCheck; ``finding`` is one sentence. The same ``client_uuid`` returns
    the check that is there. Raises as ``record_round``.
    """
    [check] = _write(
        looks=[SourceLook(source, outcome, source_name, how_seen, doses)],
        finding=finding,
        by=by,
        at=at,
        visit=visit,
        person=person,
        ids=[client_uuid or uuid.uuid4()],
        round_id=None,
        door=door,
    )
    return check


def _write(
    *,
    looks: Sequence[SourceLook],
    finding: str,
    by: User,
    at: datetime,
    visit: Visit | None,
    person: Person | None,
    ids: Sequence[uuid.UUID],
    round_id: uuid.UUID | None,
    door: str,
) -> list[RecordCheck]:
    subject = visit.person if visit is not None else person
    if subject is None:
        raise TypeError("a record check needs a visit or a person")
    require(by, Permission.CHECK_RECORDS, subject.team_id)
    root = lock_root(subject)
    # Of a round sent again with other sources, what was written first stands.
    same = {"round": round_id} if round_id else {"client_uuid__in": list(ids)}
    there = list(RecordCheck.objects.filter(**same).order_by("pk"))
    if there and there[0].person_id not in row_ids(root):
        raise CheckRefused(_("This record was sent before, for somebody else."), code="used_before")
    if there:
        return there
    if visit is not None:
        visit = lock_visit(visit)
        check_session_open(visit.session)
    if is_blank(finding):
        raise CheckRefused(_("Enter what you found, in one sentence."), code="no_finding")
    today = london_day(at)
    for look in looks:
        _check_look(look, born=root.date_of_birth, today=today)
    checks = [
        RecordCheck.objects.create(
            # The row that the visit hangs on: if two people were merged wrongly, each takes its own checks away again.
            person=subject,
            visit=visit,
            source=look.source,
            source_name=tidy(look.source_name),
            round=round_id,
            outcome=look.outcome,
            how_seen=look.how_seen.strip(),
            finding=tidy(finding),
            checked_by=by,
            checked_by_name=str(by),
            checked_at=at,
            client_uuid=client_uuid,
        )
        for look, client_uuid in zip(looks, ids, strict=True)
    ]
    DoseSeen.objects.bulk_create(
        DoseSeen(
            record_check=check,
            vaccine=dose.vaccine,
            given_on=dose.given_on,
            as_written=tidy(dose.as_written),
            country=dose.country.strip(),
            batch_number=dose.batch_number.strip(),
        )
        for check, look in zip(checks, looks, strict=True)
        for dose in look.doses
    )
    refresh_status(root)
    shown = [{"source": look.source, "outcome": look.outcome, "doses": len(look.doses)} for look in looks]
    audit.record(
        by=by,
        at=at,
        source=door,
        action="record_check",
        thing=checks[0],
        team=root.team_id,
        person_id=root.public_id,
        after={"round": str(round_id), "sources": shown} if round_id else shown[0],
    )
    return checks
