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
    """A dose that a source shows; ``given_on`` is "2019-06-01", "2019-06" or "2019", as the source says it."""

    vaccine: str
    given_on: str
    country: str = ""
    batch_number: str = ""


def _check_doses(doses: Sequence[FoundDose], *, born: date, today: date) -> None:
    if len(doses) > MOST_DOSES:
        raise CheckRefused(_("At most %(most)s doses can be written at once.") % {"most": MOST_DOSES}, code="too_many")
    for number, dose in enumerate(doses):
        if dose.vaccine not in SeenVaccine.values:
            raise CheckRefused(_("Select a vaccine that is on the list."), code="unknown_vaccine", dose=number)
        try:
            first, last = span_of(dose.given_on)
        except ValueError as problem:
            raise CheckRefused(_("Enter a real date, or a month or a year."), code="bad_date", dose=number) from problem
        if last < born:
            raise CheckRefused(_("This dose is dated before the person was born."), code="before_birth", dose=number)
        if first > today:
            raise CheckRefused(_("This dose is dated in the future."), code="in_the_future", dose=number)


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
    how_seen: str = "",
    doses: Sequence[FoundDose] = (),
    client_uuid: uuid.UUID | None = None,
    door: str = "staff",
) -> RecordCheck:
    """Write down one look at one source, with every dose it shows. Nothing of it is ever edited.

    Give the ``visit`` it was made on, or the ``person`` where there is none. ``source`` and ``outcome`` are those of
    RecordCheck; ``finding`` is one sentence. The same ``client_uuid`` returns the check that is there. Raises
    CheckRefused, with the number of the dose at fault in ``dose``, or ``used_before`` where the check with this
    ``client_uuid`` is about somebody else; PermissionDenied for the wrong role.
    """
    subject = visit.person if visit is not None else person
    if subject is None:
        raise TypeError("a record check needs a visit or a person")
    require(by, Permission.CHECK_RECORDS, subject.team_id)
    root = lock_root(subject)
    if client_uuid is not None:
        there = RecordCheck.objects.filter(client_uuid=client_uuid).first()
        if there is not None and there.person_id not in row_ids(root):
            raise CheckRefused(_("This record was sent before, for somebody else."), code="used_before")
        if there is not None:
            return there
    if visit is not None:
        visit = lock_visit(visit)
        check_session_open(visit.session)
    if is_blank(finding):
        raise CheckRefused(_("Enter what you found, in one sentence."), code="no_finding")
    if outcome == RecordCheck.Outcome.DOSES_FOUND and not doses:
        raise CheckRefused(_("Enter at least one dose that the record shows."), code="no_doses")
    if outcome != RecordCheck.Outcome.DOSES_FOUND and doses:
        raise CheckRefused(_("Doses were entered: select “Looked at, doses found”."), code="doses_without_outcome")
    if source == RecordCheck.Source.NONE and doses:
        raise CheckRefused(_("Where there is no record anywhere, there are no doses to enter."), code="none_shows_none")
    _check_doses(doses, born=root.date_of_birth, today=london_day(at))
    check = RecordCheck.objects.create(
        # The row that the visit hangs on: if two people were merged wrongly, each takes its own checks away again.
        person=subject,
        visit=visit,
        source=source,
        outcome=outcome,
        how_seen=how_seen.strip(),
        finding=tidy(finding),
        checked_by=by,
        checked_by_name=str(by),
        checked_at=at,
        client_uuid=client_uuid or uuid.uuid4(),
    )
    DoseSeen.objects.bulk_create(
        DoseSeen(
            record_check=check,
            vaccine=dose.vaccine,
            given_on=dose.given_on,
            country=dose.country.strip(),
            batch_number=dose.batch_number.strip(),
        )
        for dose in doses
    )
    audit.record(
        by=by,
        at=at,
        source=door,
        action="record_check",
        thing=check,
        team=root.team_id,
        person_id=root.public_id,
        after={"source": source, "outcome": outcome, "doses": len(doses)},
    )
    return check
