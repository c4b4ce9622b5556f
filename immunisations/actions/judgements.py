"""Deciding what two entries a few days apart are: one dose written twice, or two doses."""

import uuid
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from immunisations.actions.record_checks import CheckRefused
from immunisations.actions.statuses import refresh_status
from immunisations.actions.visits import lock_visit
from immunisations.models import DoseJudgement, Person, SeenVaccine, Visit
from immunisations.people import lock_root, row_ids
from immunisations.policies import check_session_open
from immunisations.text import is_blank, tidy


@transaction.atomic
def judge_doses(
    *,
    person: Person,
    first: tuple[str, date],
    second: tuple[str, date],
    verdict: str,
    reason: str,
    by: User,
    at: datetime,
    holds_on: date | None = None,
    visit: Visit | None = None,
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> DoseJudgement:
    """Decide whether two entries of the person's history, each a vaccine and a day, are one dose or two.

    ``verdict`` is one of DoseJudgement; where they are one dose, ``holds_on`` says which of the two days holds. The
    latest decision about a pair is the one that the history follows; nothing that a record shows is changed. The same
    ``client_uuid`` returns the decision that is there. Raises CheckRefused (``bad_judgement``, ``no_reason``,
    ``used_before``), PermissionDenied.
    """
    subject = visit.person if visit is not None else person
    require(by, Permission.CHECK_RECORDS, subject.team_id)
    root = lock_root(subject)
    there = DoseJudgement.objects.filter(client_uuid=client_uuid).first() if client_uuid else None
    if there is not None and there.person_id not in row_ids(root):
        raise CheckRefused(_("This record was sent before, for somebody else."), code="used_before")
    if there is not None:
        return there
    if visit is not None:
        visit = lock_visit(visit)
        check_session_open(visit.session)
    (first_vaccine, first_on), (second_vaccine, second_on) = sorted([first, second], key=lambda entry: entry[1])
    one = verdict == DoseJudgement.Verdict.ONE_DOSE
    fits = (
        verdict in DoseJudgement.Verdict.values
        and {first_vaccine, second_vaccine} <= set(SeenVaccine.values) - {SeenVaccine.OTHER.value}
        and first_on < second_on
        and (holds_on in (first_on, second_on) if one else holds_on is None)
    )
    if not fits:
        raise CheckRefused(_("Select what the two entries are."), code="bad_judgement")
    if is_blank(reason):
        raise CheckRefused(_("Enter what you base this on."), code="no_reason")
    judgement = DoseJudgement.objects.create(
        person=subject,
        visit=visit,
        first_vaccine=first_vaccine,
        first_on=first_on,
        second_vaccine=second_vaccine,
        second_on=second_on,
        verdict=verdict,
        holds_on=holds_on,
        reason=tidy(reason),
        decided_by=by,
        decided_by_name=str(by),
        decided_at=at,
        client_uuid=client_uuid or uuid.uuid4(),
    )
    refresh_status(root)
    audit.record(
        by=by,
        at=at,
        source=source,
        action="judge_doses",
        thing=judgement,
        team=root.team_id,
        person_id=root.public_id,
        after={
            "first": [first_vaccine, first_on.isoformat()],
            "second": [second_vaccine, second_on.isoformat()],
            "verdict": str(verdict),
            "holds_on": holds_on.isoformat() if holds_on else None,
        },
        reason=judgement.reason,
    )
    return judgement
