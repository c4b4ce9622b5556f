"""The drills on places. Each sets a scene, lets people loose on it and returns what it found."""

import uuid
from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.authentication import make_token
from accounts.models import Role
from bookings.actions import hold_times
from bookings.models import Draft
from clinics.models import ClinicSession, Place, Reservation
from clinics.places import Need
from tests.drills import crowd
from tests.drills.findings import Findings, look_at
from tests.drills.takeover import book_from_draft, book_over_it
from tests.support.factories import make_session, make_team, make_user


def clinic(places: int, *, lanes: int = 5) -> ClinicSession:
    """A clinic tomorrow week with exactly ``places`` places, ``lanes`` at a time, ten minutes each."""
    assert places % lanes == 0
    now = timezone.now()
    starts = time(9, 0)
    length = timedelta(minutes=10 * places // lanes)
    ends = (datetime.combine(now.date(), starts) + length).time()
    return make_session(
        make_team(f"Drill team {uuid.uuid4()}"),
        date=now.date() + timedelta(days=8),
        periods=[(starts, ends, lanes)],
        at=now,
        slug=f"drill-{uuid.uuid4()}",
    )


def token_for(session: ClinicSession) -> str:
    """A key to the API that may book at this clinic."""
    return make_token(user=make_user(session.team, Role.DESK, username=f"drill-{uuid.uuid4()}"), at=timezone.now())


def last_places_through_the_api(
    address: str,
    *,
    name: str = "last places, API",
    places: int = 50,
    clients: int = 32,
    tries: int = 7,
    family: int = 1,
) -> Findings:
    """Many clients try for the last places of one clinic; half of them choose a time, half take any."""
    session = clinic(places)
    token = token_for(session)
    tried = crowd.all_at_once(
        [
            (
                crowd.book_through_the_api,
                (address, str(session.public_id), token),
                {"tries": tries, "family": family, "seed": number, "any_time": number % 2 == 0},
            )
            for number in range(clients)
        ]
    )
    every = [one for client in tried for one in client]
    findings = look_at(name, session, every, family=family)
    if family == 1 and len(every) > places and findings.appointments != places:
        findings.faults.append(f"{findings.appointments} of {places} places were taken")
    return findings


def last_places_through_the_pages(
    address: str,
    *,
    name: str = "last places, web pages",
    places: int = 50,
    lanes: int = 5,
    clients: int = 32,
    journeys: int = 7,
    family: int = 1,
) -> Findings:
    """Many families walk through the public pages for the last places of one clinic."""
    session = clinic(places, lanes=lanes)
    tried = crowd.all_at_once(
        [
            (
                crowd.book_through_the_pages,
                (address, session.slug),
                {"journeys": journeys, "family": family, "seed": number},
            )
            for number in range(clients)
        ]
    )
    every = [one for client in tried for one in client]
    findings = look_at(name, session, every, family=family, split=True)
    if family == 1 and len(every) > places and findings.appointments != places:
        findings.faults.append(f"{findings.appointments} of {places} places were taken")
    return findings


def late_through_the_pages(
    address: str, *, name: str = "kept times run out, web pages and API", times: int = 50, parents: int = 5
) -> Findings:
    """Times that parents keep too long: each presses the last button while three programs book the same times.

    For each of ``times`` there is one press and three requests to the API. Exactly one may win.
    """
    session = clinic(times, lanes=1)
    token = token_for(session)
    assert times % parents == 0
    starts = [place.starts_at.isoformat() for place in Place.objects.filter(session=session).order_by("starts_at")]

    def let_them_run_out() -> None:
        kept = Reservation.objects.filter(session=session, expires_at__isnull=False)
        assert kept.update(expires_at=timezone.now() - timedelta(seconds=1)) == times

    tried = crowd.all_at_once(
        [
            (crowd.press_late, (address, session.slug), {"keep": times // parents, "seed": number})
            for number in range(parents)
        ]
        + [
            (
                crowd.book_these_times_through_the_api,
                (address, str(session.public_id), token),
                {"times": starts, "seed": number},
            )
            for number in range(100, 103)
        ],
        between=let_them_run_out,
    )
    return _one_winner_each(look_at(name, session, [one for process in tried for one in process]), times)


def drafts_that_expire(
    database_url: str, *, name: str = "drafts that expire", rounds: int = 20, faults: tuple[str, ...] = ()
) -> Findings:
    """Times whose keeping has run out: their owner books them while others take them over. Exactly one may win.

    Finer than requests can make it: processes that call the service's action, with ``faults`` planted in them.
    """
    now = timezone.now()
    session = clinic(rounds, lanes=1)
    jobs = []
    for place in Place.objects.filter(session=session).order_by("starts_at"):
        draft = Draft.objects.create(
            owner_hash="0" * 64, created_at=now, updated_at=now, expires_at=now + timedelta(days=1)
        )
        before = now - timedelta(minutes=30)
        hold_times(draft=draft, session=session, needs=[Need()], starts_at=place.starts_at, at=before)
        jobs.append((draft.pk, place.starts_at.isoformat()))
    tried = crowd.all_at_once(
        [(book_from_draft, (database_url, session.pk, jobs, faults), {})]
        + [(book_over_it, (database_url, session.pk, jobs, faults), {"seed": number}) for number in range(3)]
    )
    return _one_winner_each(look_at(name, session, [one for process in tried for one in process]), rounds)


def _one_winner_each(findings: Findings, times: int) -> Findings:
    if findings.appointments != times or findings.booked != times:
        findings.faults.append(f"{findings.appointments} appointments and {findings.booked} winners for {times} times")
    return findings
