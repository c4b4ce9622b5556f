"""The measurements: both sides of a ratio take turns, round after round, and the median of the rounds is its value.

Milliseconds are those of the quickest round: whatever else a machine does can only add to them.
"""

import json
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from platform import python_version
from statistics import median
from time import monotonic

import psycopg
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import AuditEvent, IdempotencyKey
from bookings.models import Appointment, Booking
from clinics.models import ClinicSession, Place, Reservation
from messaging.models import Message
from tests.bench import clients, pgbench, scenes
from tests.bench.clients import CLIENTS, Browser, WrongAnswer
from tests.bench.clinic_day import clinic_day
from tests.bench.cpu import Meter, Spent, yardstick_ms
from tests.bench.forecasts import forecasts
from tests.bench.report import Line, at_least, at_most
from tests.bench.scenes import World
from tests.bench.size import Size
from tests.bench.statuses import statuses
from tests.drills.service import running_service
from tests.support.factories import PASSWORD

SERVICE = "tests.bench.counted:application"
SAME_SQL_SHARE = 1 / 6
TIMES_AN_EMPTY_POST = 10
MS_A_PAGE = 5
MS_A_JOURNEY = 150
TIMES_FOR_THREE = 1.6
GROWTH = 1.15


def measure(url: str, size: Size) -> Iterator[Line]:
    """Fill the empty database at ``url`` and a second one beside it, start the service on both, and measure."""
    yield from forecasts(size.forecasts, size.forecast_rounds)
    began = monotonic()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    world = scenes.make_world()
    # A database can only be copied while nobody is connected to it.
    _disconnect()
    few = _copy_database(url, "few")
    scenes.add_history(few, appointments=size.few, today=world.today)
    scenes.add_history(url, appointments=size.many, today=world.today)
    yield Line("Loaded", f"{size.few:,} and {size.many:,} appointments in {monotonic() - began:.0f} s")
    with ExitStack() as stack:
        small = stack.enter_context(running_service(few, application=SERVICE, workers=4, threads=2))
        large = stack.enter_context(running_service(url, application=SERVICE, workers=4, threads=2))
        small_meter = stack.enter_context(closing(Meter(small, few)))
        large_meter = stack.enter_context(closing(Meter(large, url)))
        yield from lists(world, size, (small, small_meter), (large, large_meter))
        yield from bookings(world, size, url, large, large_meter)
        yield from journeys(size, large, large_meter)
        yield from clinic_day(size, large, large_meter)
    _disconnect()
    yield from statuses(url, size.people)


def measure_journey(url: str, size: Size) -> Iterator[Line]:
    """Measure the public's whole journey alone, on the empty database at ``url``."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    scenes.make_world()
    with ExitStack() as stack:
        address = stack.enter_context(running_service(url, application=SERVICE, workers=4, threads=2))
        yield from journeys(size, address, stack.enter_context(closing(Meter(address, url))))
    _disconnect()


def measure_day(url: str, size: Size) -> Iterator[Line]:
    """Measure the pages of a clinic's day alone, on the empty database at ``url``."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    with running_service(url, workers=2, threads=2) as address, closing(Meter(address, url)) as meter:
        yield from clinic_day(size, address, meter)
    _disconnect()


def _disconnect() -> None:
    connection.close()
    connection.close_pool()


def _copy_database(url: str, name: str) -> str:
    """Copy the database at ``url``, beside it, and return the URL of the copy."""
    base, _slash, original = url.rpartition("/")
    with closing(psycopg.connect(f"{base}/postgres", autocommit=True)) as database:
        database.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
    return f"{base}/{name}"


def lists(world: World, size: Size, small: tuple[str, Meter], large: tuple[str, Meter]) -> Iterator[Line]:
    """Compare the lists of the public and of staff in a small and in a large database."""
    browsers = [Browser(address).sign_in("bench", PASSWORD) for address, _meter in (small, large)]
    pages = {
        "Public clinic list": "/clinics/",
        "Public clinic list near a town": "/clinics/?near=Evesham",
        "Staff day list": f"/clinic-day/{world.today.public_id}/",
    }
    for name, path in pages.items():
        for browser in browsers:
            for _warm in range(4):
                browser.open(path)
        rounds: list[tuple[Spent, Spent]] = []
        for _round in range(size.page_rounds):
            turn = []
            for browser, (_address, meter) in zip(browsers, (small, large), strict=True):
                meter.start()
                for _page in range(size.pages):
                    browser.open(path)
                turn.append(meter.spent() / size.pages)
            rounds.append((turn[0], turn[1]))
        counts = [browser.open(path, count=True).queries for browser in browsers]
        ratio = median(after.total / before.total for before, after in rounds)
        yield at_most(
            f"{name}, {size.few:,} and {size.many:,} appointments",
            f"{_quickest(before for before, _after in rounds)} and {_quickest(after for _before, after in rounds)}: "
            f"{ratio:.2f} times, {counts[0]} and {counts[1]} queries",
            ratio,
            GROWTH,
            f"at most {GROWTH}, as many queries",
            and_also=counts[0] == counts[1],
        )


def bookings(world: World, size: Size, url: str, address: str, meter: Meter) -> Iterator[Line]:
    """Compare booking through the API with the same SQL alone, and with a request that does nothing."""
    rates: list[float] = []
    alones: list[float] = []
    shares: list[float] = []
    booking_cost: list[Spent] = []
    empty_cost: list[Spent] = []
    turns = min(size.bookings_a_client, scenes.PLACES // CLIENTS)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "booking.sql"
        recorded = record_booking(world)
        file.write_text(pgbench.script(recorded))
        clients.all_at_once(address, [[clients.nothing(world.token)] * 10] * CLIENTS)
        for _round in range(size.booking_rounds):
            session = scenes.make_clinic(world)
            alone = pgbench.run(
                url,
                file,
                clients=CLIENTS,
                turns=turns,
                variables={
                    "n": -1,
                    "lanes": scenes.LANES,
                    "total": scenes.PLACES,
                    "session": session.pk,
                    "session_id": session.public_id,
                },
            )
            _all_taken(session, turns)
            session = scenes.make_clinic(world)
            starts = starts_of(session)
            rows = [
                [
                    clients.book(str(session.public_id), starts[turn_of(n, client)].isoformat(), world.token)
                    for n in range(turns)
                ]
                for client in range(CLIENTS)
            ]
            meter.start()
            seconds = clients.all_at_once(address, rows)
            booking_cost.append(meter.spent() / (turns * CLIENTS))
            _all_taken(session, turns)
            meter.start()
            clients.all_at_once(address, [[clients.nothing(world.token)] * turns] * CLIENTS)
            empty_cost.append(meter.spent() / (turns * CLIENTS))
            rate = turns * CLIENTS / seconds
            rates.append(rate)
            alones.append(alone)
            shares.append(rate / alone)
    share = median(shares)
    yield at_least(
        f"Bookings through the API, {CLIENTS} clients on one clinic",
        f"{median(rates):.0f} a second, of {median(alones):.0f} with the same {len(recorded.statements)} statements in "
        f"pgbench: 1/{1 / share:.1f}",
        share,
        SAME_SQL_SHARE,
        "at least 1/6",
    )
    times = median(booking.total / empty.total for booking, empty in zip(booking_cost, empty_cost, strict=True))
    yield at_most(
        "A booking through the API",
        f"{_quickest(booking_cost)}, {times:.1f} times a POST that is let in and does nothing, {_quickest(empty_cost)}",
        times,
        TIMES_AN_EMPTY_POST,
        f"at most {TIMES_AN_EMPTY_POST} times",
    )


def journeys(size: Size, address: str, meter: Meter) -> Iterator[Line]:
    """Measure the public's pages: the whole way of one child, and of three, from the start page to the confirmation."""

    def visit(children: int) -> int:
        browser = Browser(address)
        clients.book_children(browser, children, near="Evesham", slug=f"bench-{children}-0")
        return browser.requests

    families = (1, 3)
    for _warm in range(size.journeys * 3):
        for children in families:
            visit(children)
    rounds: dict[int, list[Spent]] = {children: [] for children in families}
    requests: dict[int, int] = {}
    yardsticks: list[float] = []
    for _round in range(size.journey_rounds):
        for children in families:
            meter.start()
            for _journey in range(size.journeys):
                requests[children] = visit(children)
            rounds[children].append(meter.spent() / size.journeys)
        yardsticks.append(yardstick_ms())
    whole = {children: _quickest(rounds[children]) for children in families}
    usual = {children: median(each.total for each in rounds[children]) for children in families}
    yield at_most(
        "One child’s whole journey",
        f"{whole[1]} in {requests[1]} requests, redirects included; {usual[1]:.0f} ms in the median round",
        whole[1].total,
        MS_A_JOURNEY,
        f"at most {MS_A_JOURNEY} ms",
    )
    yield at_most(
        "A public page, on average",
        f"{whole[1] / requests[1]}; {usual[1] / requests[1]:.1f} ms in the median round",
        whole[1].total / requests[1],
        MS_A_PAGE,
        f"at most {MS_A_PAGE} ms",
    )
    times = median(three.total / one.total for one, three in zip(rounds[1], rounds[3], strict=True))
    yield at_most(
        "Three children’s whole journey",
        f"{whole[3]} in {requests[3]} requests; {times:.2f} times that of one child",
        times,
        TIMES_FOR_THREE,
        f"at most {TIMES_FOR_THREE} times",
    )

    yield Line(
        "For scale",
        f"a fixed piece of Python work took {min(yardsticks):.1f} ms at its quickest and {median(yardsticks):.1f} ms "
        f"in the median round, with Python {python_version()}",
    )


def _quickest(rounds: Iterable[Spent]) -> Spent:
    return min(rounds, key=lambda each: each.total)


def starts_of(session: ClinicSession) -> list[datetime]:
    """Return the clinic's minutes, each once, in order."""
    return list(
        Place.objects.filter(session=session).values_list("starts_at", flat=True).order_by("starts_at").distinct()
    )


def turn_of(n: int, client: int) -> int:
    """Return which minute a client asks for at its ``n``-th turn: the same that the script takes in pgbench."""
    return ((n * CLIENTS + client) * 7919) % scenes.PLACES // scenes.LANES


def _all_taken(session: ClinicSession, turns: int) -> None:
    taken = Place.objects.filter(session=session, reservation__isnull=False).count()
    if taken != turns * CLIENTS:
        raise WrongAnswer(f"{taken} places were taken instead of {turns * CLIENTS}")


def record_booking(world: World) -> pgbench.Recorded:
    """Make one booking through the API, in this process, and return its statements."""
    kinds = (ClinicSession, Place, IdempotencyKey, Booking, Reservation, Appointment, AuditEvent, Message)
    numbers = pgbench.stand_out(*kinds)
    session = scenes.make_clinic(world)
    starts = starts_of(session)
    key = uuid.uuid4()
    client = Client(headers={"host": "localhost", "authorization": f"Token {world.token}", "idempotency-key": str(key)})
    body = json.dumps(clients.booking_body(str(session.public_id), starts[-1].isoformat()))

    def act() -> None:
        answer = client.post("/api/v1/bookings/", body, content_type="application/json")
        if answer.status_code != 201:
            raise WrongAnswer(f"the API answered {answer.status_code}: {answer.content[:200]!r}")

    statements = pgbench.statements_of(act)
    appointment = Appointment.objects.select_related("booking").get(session=session)
    place = Place.objects.get(reservation=appointment.reservation_id)
    minute = connection.ops.compose_sql("%s", [place.starts_at])
    first = connection.ops.compose_sql("%s", [starts[0]])
    variables = {model: f"{model._meta.db_table}_id" for model in (IdempotencyKey, Booking, Reservation, Appointment)}
    return pgbench.Recorded(
        statements=statements,
        numbers={numbers[model]: variable for model, variable in variables.items()} | {session.pk: "session"},
        words={
            appointment.booking.reference: ":reference",
            str(session.public_id): ":session_id",
            session.public_id.hex: ":session_id",
        },
        shared={world.team.public_id, world.desk.public_id},
        place_numbers=range(numbers[Place], numbers[Place] + scenes.PLACES),
        place=place.pk,
        minute=(minute, f"({first} + :minute * interval '{session.appointment_minutes} minutes')"),
    )
