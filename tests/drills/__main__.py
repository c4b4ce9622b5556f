"""Run every drill at full size on a PostgreSQL of its own, and say what came of each. Ends with 1 on any fault."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.postgres import NoPostgreSQL, throwaway_postgres

if TYPE_CHECKING:
    from tests.drills.findings import Findings


def main() -> int:
    parser = argparse.ArgumentParser(prog="make drill", description=__doc__)
    parser.add_argument("--tries", type=int, default=10, help="tries for each of the 32 clients (default 10)")
    parser.add_argument("--day", action="store_true", help="the clinic day alone: 300 people, 12 tablets")
    parser.add_argument("--messages", action="store_true", help="the outbox alone: 10,000 messages, 100 kills")
    parser.add_argument("--people", type=int, default=300, help="how many are booked on that day (default 300)")
    arguments = parser.parse_args()
    try:
        with throwaway_postgres(durable=True) as url:
            prepare(url)
            if arguments.messages:
                return 0 if drill_messages() else 1
            day = drill_day(url, people=arguments.people)
            return 0 if (arguments.day or drill(url, tries=arguments.tries) == 0) and day else 1
    except NoPostgreSQL as absent:
        print(f"NOT RUN: {absent}")
        return 1


def prepare(url: str) -> None:
    """Load Django and make the tables in the empty database at ``url``."""
    os.environ["DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def drill_day(url: str, *, people: int) -> bool:
    """Run a clinic's day with twelve tablets, and shorter ones with faults planted; whether all is as it must be."""
    from tests.drills import clinic_days, service

    with service.running_service(url) as address:
        findings = clinic_days.a_clinic_day(address, people=people)
    print(findings.line(), flush=True)
    passed = not findings.faults
    for name, application in (
        ("without the lock on a person", service.WITHOUT_PERSON_LOCK),
        ("with the last word winning", service.WITHOUT_STANDING_DOSE),
    ):
        with service.running_service(url, application=application) as address:
            planted = clinic_days.one_person_at_once(address, name=f"one person at once, {name}")
        print(planted.line(), flush=True)
        if not planted.faults:
            print("The drill did not find a planted fault: it cannot be trusted.")
            passed = False
    return passed


def drill(url: str, *, tries: int) -> int:
    """Run the drills of booking and of messages."""
    from tests.drills import planted, scenes, service

    def run(scene: "Callable[..., Findings]", *where: str, **how: Any) -> "Findings":
        findings = scene(*where, **how)
        print(findings.line(), flush=True)
        return findings

    api, pages = scenes.last_places_through_the_api, scenes.last_places_through_the_pages
    family_api: dict[str, Any] = {"places": 60, "tries": 3, "family": 3}
    family_pages: dict[str, Any] = {"places": 60, "journeys": 2, "family": 3}
    with service.running_service(url) as address:
        faithful = [
            run(api, address, tries=tries),
            run(pages, address, journeys=tries),
            run(api, address, name="families of three, API", **family_api),
            run(pages, address, name="families of three, web pages", **family_pages),
            run(scenes.late_through_the_pages, address),
            run(scenes.drafts_that_expire, url, rounds=50),
        ]
    passed = not any(findings.faults for findings in faithful)
    print("With faults planted, which must be found:", flush=True)
    found = []
    with service.running_service(url, application=service.WITHOUT_LOCK) as address:
        found.append(run(api, address, name="API, without the lock", tries=tries).oversold)
    with service.running_service(url, application=service.WITHOUT_LOCK_AND_SECOND_LOOK) as address:
        found.append(
            run(pages, address, name="web pages, without the lock and the second look", journeys=tries).oversold
        )
        found.append(run(scenes.late_through_the_pages, address, name="kept times run out, without them").oversold)
    found.append(
        run(
            scenes.drafts_that_expire,
            url,
            name="drafts that expire, without them",
            rounds=50,
            faults=(planted.LOCK, planted.SECOND_LOOK),
        ).oversold
    )
    with service.running_service(url, application=service.WITHOUT_WHOLE_FAMILIES) as address:
        found.append(run(api, address, name="families of three, whoever fits, API", **family_api).half_booked)
    if not all(found):
        print("The drill did not find a planted fault: it cannot be trusted.")
        passed = False
    passed = drill_families(url) and passed
    passed = drill_waiting(url) and passed
    return 0 if drill_messages() and passed else 1


def drill_families(url: str) -> bool:
    """Let 300 families of one to four come at once, and fewer of them to services with faults planted."""
    from tests.drills import families, service

    with service.running_service(url) as address:
        findings = families.families_at_once(address)
    print(findings.line(), flush=True)
    passed = not findings.faults
    few: dict[str, Any] = {
        "families": 40,
        "places": 40,
        "processes": 4,
        "pace": (0.0, 0.2),
        "over": 1.0,
        "p95_ms": None,
    }
    with service.running_service(url, application=service.WITHOUT_LOCK_AND_SECOND_LOOK) as address:
        planted = families.families_at_once(address, name="families, without the lock and the second look", **few)
    print(planted.line(), flush=True)
    if not planted.oversold:
        print("The drill did not find a planted fault: it cannot be trusted.")
        passed = False
    return passed


def drill_waiting(url: str) -> bool:
    """Free the places of a full clinic while workers offer them and families answer, as it is and without locks."""
    from tests.drills import waiting

    findings = waiting.offers_and_answers(url)
    print(findings.line(), flush=True)
    planted = waiting.offers_and_answers(url, name="waiting list, without its locks", faults=(waiting.ENTRY_LOCK,))
    print(planted.line(), flush=True)
    if not planted.faults:
        print("The drill did not find a planted fault: it cannot be trusted.")
    return bool(not findings.faults and planted.faults)


def drill_messages() -> bool:
    """Run the drill of the outbox, as it is and with its planted faults; return whether all is as it must be."""
    from tests.drills import messages

    with tempfile.TemporaryDirectory() as folder:
        faithful = messages.run(Path(folder), messages=1500, kills=150)
    verdict = "as it must be" if faithful.exactly_once else "FAULT: not every message exactly once"
    print(f"the outbox: {faithful}: {verdict}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        notify = messages.run(
            Path(folder),
            channel=messages.NOTIFY,
            messages=10_000,
            kills=100,
            every=0.6,
            trouble=0.05,
            silent=0.001,
        )
    verdict = "as it must be" if notify.none_lost else "FAULT: one was lost, or went twice"
    print(f"the outbox through Notify: {notify}: {verdict}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        forgetful = messages.run(
            Path(folder), channel=messages.NOTIFY_FORGETFUL, messages=1000, kills=20, every=0.4, trouble=0.05
        )
    print(f"the outbox through Notify, without the look-up: {forgetful}", flush=True)
    found = bool(forgetful.twice)
    if not found:
        print("The drill did not find the planted fault: it cannot be trusted.")
    for name, fault in messages.PLANTED_FAULTS.items():
        with tempfile.TemporaryDirectory() as folder:
            # With lost replies, too: on a busy machine kills alone may miss the moment between both ends of a send.
            result = messages.run(Path(folder), messages=800, kills=30, trouble=0.03, **fault)
        print(f"the outbox, {name}: {result}", flush=True)
        if result.exactly_once or not (result.twice or result.missing):
            print("The drill did not find the planted fault: it cannot be trusted.")
            found = False
    return faithful.exactly_once and notify.none_lost and found


if __name__ == "__main__":
    sys.exit(main())
