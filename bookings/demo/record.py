"""What becomes of a visit on the day: the papers that were looked at, the doses, and how it ended."""

from datetime import date, datetime, timedelta

from bookings.demo.people import Somebody, born
from bookings.demo.stage import SOURCE, Stage
from clinics.models import Batch, ClinicSession
from immunisations.actions import (
    FoundDose,
    SourceLook,
    Wanted,
    end_visit,
    record_consent,
    record_not_given,
    record_round,
    record_screening,
    record_vaccination,
    start_visit,
)
from immunisations.health_questions import QUESTIONS, answers_of
from immunisations.models import Consent, Vaccination, Visit
from immunisations.next_steps import next_step
from immunisations.policies import NeedsReason
from immunisations.queries import forecast_for


def live_the_day(stage: Stage, visit: Visit, somebody: Somebody, session: ClinicSession) -> None:
    """Take a visit as far as the story says."""
    at = visit.arrived_at
    if somebody.then == "arrived" and not somebody.papers:
        return
    if somebody.papers:
        _check(stage, visit, somebody, stage.moment(session, at + timedelta(minutes=6)))
    if somebody.then in ("arrived", "checked"):
        return
    later = stage.moment(session, at + timedelta(minutes=12))
    start_visit(visit=visit, by=stage.nurse, at=later, source=SOURCE)
    if somebody.then == "vaccinated":
        _vaccinate(stage, visit, somebody, later)
    elif somebody.then in ("declined", "unwell"):
        reason = Vaccination.Reason.DECLINED if somebody.then == "declined" else Vaccination.Reason.UNWELL
        usual = next_step(reason, today=session.date)
        record_not_given(
            visit=visit,
            series=[somebody.series],
            reason=reason,
            follow_up=Wanted(usual.step, usual.due_on) if usual else None,
            note="Wants to think it over" if somebody.then == "declined" else "Fever since last night: rebook",
            by=stage.nurse,
            at=later,
            source=SOURCE,
        )
        end_visit(visit=visit, by=stage.nurse, at=later, source=SOURCE)
    else:
        why = Visit.Why.ADVICE if somebody.then == "advice" else Visit.Why.CHECK
        end_visit(visit=visit, by=stage.nurse, at=later, why=why, source=SOURCE)


def _check(stage: Stage, visit: Visit, somebody: Somebody, at: datetime) -> None:
    day = born(visit.session.date, somebody.age)
    record_round(
        visit=visit,
        looks=[
            SourceLook(
                source=paper.source,
                outcome=paper.outcome,
                source_name=paper.source_name,
                how_seen=paper.how_seen,
                doses=[
                    FoundDose(vaccine, _given_on(day, when), country=paper.country, as_written="".join(name))
                    for vaccine, when, *name in paper.doses
                ],
            )
            for paper in somebody.papers
        ],
        finding=" ".join(paper.finding for paper in somebody.papers if paper.finding),
        by=stage.nurse,
        at=at,
        door=SOURCE,
    )


def _vaccinate(stage: Stage, visit: Visit, somebody: Somebody, at: datetime) -> None:
    person, on = visit.person, visit.session.date
    verdict = forecast_for(person, on, frozenset({somebody.sex} & {"male", "female"})).of(somebody.series)
    vaccine = verdict.vaccine if verdict and verdict.vaccine else "MMR"
    in_date = Batch.objects.filter(
        team=stage.team, product__vaccine=vaccine, product__contains_gelatine=False, expires_on__gte=on
    )
    batch = in_date.order_by("expires_on")[0]
    age = (on - person.date_of_birth).days
    own = age >= 16 * 365.25
    confirmed = "Prison officer" if visit.how == Visit.How.LIST else visit.accompanied_by or "Themselves"
    record_consent(
        visit=visit,
        decision=Consent.Decision.GIVEN,
        route=Consent.Route.OWN if own else Consent.Route.PARENT_PRESENT,
        given_by_name=str(person) if own else visit.accompanied_by or "Their mother",
        relationship="" if own else visit.accompanied_as,
        vaccines=[vaccine],
        by=stage.nurse,
        at=at,
        source=SOURCE,
    )
    record_screening(
        visit=visit,
        answers=answers_of({}, QUESTIONS),
        well_today=True,
        not_pregnant=None,
        identity_confirmed_by=confirmed,
        by=stage.nurse,
        at=at,
        source=SOURCE,
    )
    site = Vaccination.BodySite.LEFT_THIGH if age < 366 else Vaccination.BodySite.LEFT_ARM
    try:
        record_vaccination(
            visit=visit, series=somebody.series, batch=batch, body_site=site, by=stage.nurse, at=at, source=SOURCE
        )
    except NeedsReason:
        record_vaccination(
            visit=visit,
            series=somebody.series,
            batch=batch,
            body_site=site,
            by=stage.nurse,
            at=at,
            override_reason="Agreed with the senior nurse on the day",
            source=SOURCE,
        )
    end_visit(visit=visit, by=stage.nurse, at=at, source=SOURCE)


def _given_on(birth: date, when: int | str) -> str:
    """Return the date of a dose as a paper shows it: days after birth, "month:N" or "year:N" for that many after."""
    if isinstance(when, int):
        return (birth + timedelta(days=when)).isoformat()
    if when.startswith("year:"):
        return f"{birth.year + int(when.removeprefix('year:')):04}"
    months = birth.year * 12 + birth.month - 1 + int(when.removeprefix("month:"))
    return f"{months // 12:04}-{months % 12 + 1:02}"
