"""What has been: last week's clinics, yesterday's in the prison, and one that was called off."""

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

from bookings.actions import cancel_session, mark_did_not_attend
from bookings.closing import close_clinic
from bookings.demo import lists, stock
from bookings.demo.clinics import book_strangers, plan_clinic
from bookings.demo.families import bring_family
from bookings.demo.people import LAST_WEEK, PRISON, Family, Paper, Somebody, years
from bookings.demo.places import CHILDHOOD, MEASLES, SHORT_DAY
from bookings.demo.record import live_the_day
from bookings.demo.stage import SOURCE, Stage
from bookings.models import Appointment
from clinics.actions import wall_time
from clinics.models import ClinicSession
from immunisations.actions import arrive, record_reaction
from immunisations.models import Reaction, Vaccination, Visit

BY_WING: dict[str, Any] = {
    "periods": [(time(9), time(12), 2)],
    "vaccines": MEASLES,
    "who_may_book": ClinicSession.WhoMayBook.CLOSED_LIST,
    "for_whom": "Residents and staff, by wing",
}


def add_past(stage: Stage) -> None:
    """Add last week's clinics in Malvern and in the prison, yesterday's, and one of next week that was called off."""
    _over(stage, 7, "malvern", {"periods": SHORT_DAY, "vaccines": CHILDHOOD}, LAST_WEEK)
    _over(stage, 6, "prison", BY_WING, PRISON)
    _wing(stage)
    on = stage.today + timedelta(days=5)
    called_off = plan_clinic(
        stage, on, "wythall", {"periods": SHORT_DAY, "vaccines": CHILDHOOD}, stage.now - timedelta(days=9)
    )
    book_strangers(stage, called_off, stage.now - timedelta(days=8), count=2)
    cancel_session(
        session=called_off,
        reason="The hall is closed for repairs",
        by=stage.coordinator,
        source=SOURCE,
        at=stage.now - timedelta(days=1),
    )


def _wing(stage: Stage) -> None:
    """Yesterday’s clinic in the prison: a list by wing, some of it done, the rest to be entered from paper."""
    on = stage.today - timedelta(days=1)
    session = plan_clinic(stage, on, "prison", BY_WING, wall_time(on, time(12)) - timedelta(days=20))
    stock.take(session, by=stage.nurse, at=wall_time(on, time(8)))
    lists.add_wing(session, by=stage.coordinator, at=wall_time(on, time(8, 30)), source=SOURCE)
    paper = Paper("none", "not_available", "No record anywhere: treat as not vaccinated.")
    for number, each in enumerate(lists.WING):
        if each.then == "expected":
            continue
        visit = arrive(
            session=session,
            person=lists.person_on(session, each),
            by=stage.nurse,
            at=wall_time(on, time(9, 5)) + timedelta(minutes=9 * number),
            how=Visit.How.LIST,
            source=SOURCE,
        )
        somebody = Somebody(each.first_name, each.last_name, years(each.age), then=each.then, papers=(paper,))
        live_the_day(stage, visit, somebody, session)


def _over(stage: Stage, days: int, venue: str, details: dict[str, Any], families: Sequence[Family]) -> None:
    on = stage.today - timedelta(days=days)
    noon = wall_time(on, time(12))
    session = plan_clinic(stage, on, venue, details, noon - timedelta(days=20))
    stock.take(session, by=stage.nurse, at=wall_time(on, time(8)))
    for family in families:
        bring_family(stage, session, family)
    if venue == "malvern":
        _faint(stage, session)
    missed = Appointment.objects.filter(session=session, state=Appointment.State.BOOKED, visit__isnull=True)
    evening = wall_time(on, time(18))
    mark_did_not_attend(appointments=list(missed), by=stage.nurse, source=SOURCE, at=evening)
    stock.bring_back(session, by=stage.nurse, at=evening)
    close_clinic(
        session=session,
        note="Quiet until the schools came out. The hall was locked until 9:40.",
        by=stage.coordinator,
        at=evening + timedelta(minutes=5),
        source=SOURCE,
    )


def _faint(stage: Stage, session: ClinicSession) -> None:
    """Somebody fainted after their dose, and was well soon."""
    dose = Vaccination.objects.given().filter(session=session).order_by("-given_at", "-pk")[0]
    given_at = dose.given_at or stage.now
    record_reaction(
        vaccination=dose,
        kind=Reaction.Kind.FAINT,
        began_at=given_at + timedelta(minutes=4),
        actions=[Reaction.Action.LAID_DOWN, Reaction.Action.WATCHED],
        note="Pale and sweating, well again after five minutes. Mother was with them.",
        by=stage.nurse,
        at=given_at + timedelta(minutes=12),
        source=SOURCE,
    )
