"""Who agreed, and the health questions of the day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from clinics.times import london_day
from immunisations.actions.visits import lock_visit
from immunisations.health_questions import BY_CODE
from immunisations.models import Consent, Screening, Visit
from immunisations.people import lock_root
from immunisations.policies import asks_about_pregnancy, check_consent, check_session_open
from immunisations.text import is_blank, tidy


class ScreeningRefused(Refused):
    """The health questions cannot be recorded like this."""

    code = "screening_refused"


def _same(row: Consent | Screening | None, facts: Mapping[str, Any], by: User) -> bool:
    """Whether the latest row says just this, by the same user: a second press of the same form."""
    return row is not None and row.recorded_by_id == by.pk and all(getattr(row, name) == facts[name] for name in facts)


@transaction.atomic
def record_consent(
    *,
    visit: Visit,
    decision: str,
    route: str,
    given_by_name: str,
    vaccines: Sequence[str],
    by: User,
    at: datetime,
    relationship: str = "",
    note: str = "",
    source: str = "staff",
) -> Consent:
    """Write down who decided what about which vaccines; the latest word on a vaccine is the one that holds.

    Raises ConsentRefused where this route is not one for the person's age, or a name or vaccine is missing.
    """
    require(by, Permission.VACCINATE, visit.session.team_id)
    root = lock_root(visit.person)
    visit = lock_visit(visit)
    check_session_open(visit.session)
    check_consent(person=root, route=route, given_by_name=given_by_name, vaccines=vaccines, on=london_day(at))
    facts = {
        "decision": str(decision),
        "route": str(route),
        "given_by_name": tidy(given_by_name),
        "relationship": relationship.strip(),
        "vaccines": sorted(set(vaccines)),
        "note": note.strip(),
    }
    latest = visit.consents.last()
    if latest is not None and _same(latest, facts, by):
        return latest
    consent = Consent.objects.create(visit=visit, recorded_by=by, recorded_by_name=str(by), at=at, **facts)
    audit.record(
        by=by,
        at=at,
        source=source,
        action="record_consent",
        thing=consent,
        team=visit.session.team_id,
        person_id=root.public_id,
        after={"decision": facts["decision"], "route": facts["route"], "vaccines": facts["vaccines"]},
    )
    return consent


@transaction.atomic
def record_screening(
    *,
    visit: Visit,
    answers: Mapping[str, Mapping[str, Any]],
    well_today: bool,
    not_pregnant: bool | None,
    identity_confirmed_by: str,
    by: User,
    at: datetime,
    source: str = "staff",
) -> Screening:
    """Write down the answers to the health questions and what was confirmed on the day.

    ``answers`` maps a question's code to {"answer": "yes" or "no", "details": words, "facts": codes that the
    vaccinator confirmed}. ``not_pregnant`` is None only where it need not be asked. Raises ScreeningRefused.
    """
    require(by, Permission.VACCINATE, visit.session.team_id)
    root = lock_root(visit.person)
    visit = lock_visit(visit)
    check_session_open(visit.session)
    if set(answers) - set(BY_CODE) or any(answer.get("answer") not in ("yes", "no") for answer in answers.values()):
        raise ScreeningRefused(_("Answer each health question with yes or no."), code="bad_answers")
    for code, answer in answers.items():
        if set(answer.get("facts", ())) - set(BY_CODE[code].facts):
            raise ScreeningRefused(_("Select what was confirmed from the list."), code="bad_answers")
    if is_blank(identity_confirmed_by):
        raise ScreeningRefused(_("Say who confirmed who this person is."), code="no_identity")
    if not_pregnant is None and asks_about_pregnancy(root, london_day(at)):
        raise ScreeningRefused(_("Ask whether they could be pregnant."), code="pregnancy_not_asked")
    facts = {
        "answers": {code: dict(answer) for code, answer in answers.items()},
        "well_today": well_today,
        "not_pregnant": not_pregnant,
        "identity_confirmed_by": identity_confirmed_by.strip()[:200],
    }
    latest = visit.screenings.last()
    if latest is not None and _same(latest, facts, by):
        return latest
    screening = Screening.objects.create(visit=visit, recorded_by=by, recorded_by_name=str(by), at=at, **facts)
    audit.record(
        by=by,
        at=at,
        source=source,
        action="record_screening",
        thing=screening,
        team=visit.session.team_id,
        person_id=root.public_id,
        after={"yes": sum(answer["answer"] == "yes" for answer in answers.values()), "well_today": well_today},
    )
    return screening
