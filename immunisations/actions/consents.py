"""Who agreed, and the health questions of the day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from clinics.vaccines import Vaccine, series_of
from immunisations.actions.visits import lock_visit
from immunisations.health_questions import BY_CODE, questions_for
from immunisations.models import Consent, Person, Screening, Visit
from immunisations.models.consent import GILLICK_ANSWERS
from immunisations.people import lock_root
from immunisations.policies import asks_about_pregnancy, check_consent, check_session_open, dose_number_of
from immunisations.queries import VisitRecord, facts_for, forecast_for, visit_record
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
    phone: str = "",
    heard_by_name: str = "",
    gillick: Mapping[str, bool | None] | None = None,
    parents_not_told: bool = False,
    note: str = "",
    source: str = "staff",
) -> Consent:
    """Write down who decided what about which vaccines; the latest word on a vaccine is the one that holds.

    ``phone`` is the number that was called, ``heard_by_name`` who else heard; ``gillick`` maps the five answers of
    ``GILLICK_ANSWERS`` to yes or no; ``parents_not_told`` is the young person's own wish; ``note`` says who was
    consulted about an adult, or what those who disagree said. Which dose each vaccine would be is written down too.

    Raises ConsentRefused where this route is not one for the person's age, something it needs is missing, a young
    person is not Gillick competent, or somebody else speaks against one who decided for themselves.
    """
    require(by, Permission.VACCINATE, visit.session.team_id)
    root = lock_root(visit.person)
    visit = lock_visit(visit)
    check_session_open(visit.session)
    # The day it was said on, also where it is written down later: ages and doses are as they were at the clinic.
    on = visit.session.date
    record = visit_record(visit)
    check_consent(
        person=root,
        decision=decision,
        route=route,
        given_by_name=given_by_name,
        vaccines=vaccines,
        on=on,
        consents=record.consents,
        phone=phone,
        gillick=gillick,
        not_told=parents_not_told,
        note=note,
    )
    asked_five = route == Consent.Route.GILLICK and gillick is not None
    facts = {
        "decision": str(decision),
        "route": str(route),
        "given_by_name": tidy(given_by_name),
        "relationship": relationship.strip(),
        "vaccines": sorted(set(vaccines)),
        "dose_numbers": _dose_numbers(record, root, vaccines, on),
        "phone": phone.strip() if route == Consent.Route.PARENT_PHONE else "",
        "heard_by_name": tidy(heard_by_name) if route == Consent.Route.PARENT_PHONE else "",
        "parents_not_told": parents_not_told,
        "note": note.strip(),
        **{name: gillick.get(name) if asked_five and gillick else None for name in GILLICK_ANSWERS},
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
        after={
            "decision": facts["decision"],
            "route": facts["route"],
            "vaccines": facts["vaccines"],
            "dose_numbers": facts["dose_numbers"],
            "parents_not_told": parents_not_told,
        },
    )
    return consent


def _dose_numbers(record: VisitRecord, root: Person, vaccines: Sequence[str], on: date) -> dict[str, int]:
    """Return which dose of its series each vaccine would be, as far as the schedule can say."""
    session = record.visit.session
    outlook = forecast_for(root, on, facts_for(root, session, record.screenings))
    numbers = {vaccine: dose_number_of(outlook.of(series_of(vaccine))) for vaccine in sorted(set(vaccines))}
    return {vaccine: number for vaccine, number in numbers.items() if number is not None}


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
    vaccines: Sequence[str] = (),
    source: str = "staff",
) -> Screening:
    """Write down the answers to the health questions and what was confirmed on the day.

    ``answers`` maps a question's code to {"answer": "yes" or "no", "details": words, "facts": codes that the
    vaccinator confirmed}. ``vaccines`` are those that the questions were asked for; none means for all of them.
    Every question that matters for them must be answered, but for the one about gelatine, which is asked only where
    the clinic holds a product with it. ``not_pregnant`` is None only where it need not be asked. Raises
    ScreeningRefused.
    """
    require(by, Permission.VACCINATE, visit.session.team_id)
    root = lock_root(visit.person)
    visit = lock_visit(visit)
    check_session_open(visit.session)
    if set(vaccines) - set(Vaccine.values):
        raise ScreeningRefused(_("Select vaccines that are on the list."), code="unknown_vaccine")
    if set(answers) - set(BY_CODE) or any(answer.get("answer") not in ("yes", "no") for answer in answers.values()):
        raise ScreeningRefused(_("Answer each health question with yes or no."), code="bad_answers")
    if any(question.code not in answers for question in questions_for(vaccines or Vaccine.values, gelatine=False)):
        raise ScreeningRefused(_("Answer each health question with yes or no."), code="unanswered")
    for code, answer in answers.items():
        if set(answer.get("facts", ())) - set(BY_CODE[code].facts):
            raise ScreeningRefused(_("Select what was confirmed from the list."), code="bad_answers")
    if is_blank(identity_confirmed_by):
        raise ScreeningRefused(_("Say who confirmed who this person is."), code="no_identity")
    if not_pregnant is None and asks_about_pregnancy(root, visit.session.date):
        raise ScreeningRefused(_("Ask whether they could be pregnant."), code="pregnancy_not_asked")
    facts = {
        "vaccines": sorted(set(vaccines)),
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
