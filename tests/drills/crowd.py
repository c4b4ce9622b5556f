"""People who all come at once: each a process of its own with nothing but a connection to the service.

They know the service as outsiders do, through its pages and its API, and import nothing of it.
"""

import json
import multiprocessing
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any

from tests.support.html_forms import Form, forms_of

SECONDS_A_REQUEST = 30
LONGEST_SECONDS = 240


@dataclass
class Try:
    """One request to book: when it began and ended (seconds of one clock for all processes), and what was answered."""

    began: float
    ended: float
    status: int
    code: str = ""
    people: int = 1
    starts_at: str = ""
    nearest: list[str] = field(default_factory=list)

    @property
    def booked(self) -> bool:
        return self.status == 201

    @property
    def told_full(self) -> bool:
        """Whether the answer was that nothing is left."""
        return self.status == 409 and not self.nearest


def call(method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Make one request with JSON and return its status and body; a lost connection is status 0."""
    request = urllib.request.Request(
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **(headers or {})},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_A_REQUEST) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        text = error.read()
        try:
            return error.code, json.loads(text)
        except json.JSONDecodeError:
            return error.code, {}
    except (urllib.error.URLError, OSError, TimeoutError):
        return 0, {}


def person(number: int) -> dict[str, str]:
    """Somebody who does not exist."""
    return {"first_name": f"Child{number}", "last_name": "Drill", "date_of_birth": f"202{number % 4}-03-1{number % 10}"}


def book_through_the_api(
    address: str, session: str, token: str, *, tries: int, family: int, seed: int, any_time: bool
) -> list[Try]:
    """Try ``tries`` times to book ``family`` people, each time at a time that the API itself offers."""
    chance = random.Random(seed)
    made: list[Try] = []
    for _ in range(tries):
        wanted = None
        if not any_time:
            _status, answer = call("GET", f"{address}/api/v1/clinic-sessions/{session}/times/")
            times = [row["starts_at"] for row in (answer or {}).get("times", [])]
            wanted = chance.choice(times) if times else None
        began = time.monotonic()
        status, answer = call(
            "POST",
            f"{address}/api/v1/bookings/",
            {
                "session": session,
                "starts_at": wanted,
                "contact": {"name": "Drill", "relationship": "Mother", "phone": "", "email": ""},
                "people": [person(chance.randrange(1000)) for _ in range(family)],
            },
            {"Authorization": f"Token {token}", "Idempotency-Key": str(uuid.UUID(int=chance.getrandbits(128)))},
        )
        answer = answer if isinstance(answer, dict) else {}
        made.append(
            Try(
                began,
                time.monotonic(),
                status,
                str(answer.get("code", "")),
                family,
                wanted or "",
                list((answer.get("details") or {}).get("nearest") or []),
            )
        )
    return made


ANSWERS = {
    "first_name": "Child",
    "last_name": "Drill",
    "date_of_birth_day": "3",
    "date_of_birth_month": "mar",
    "date_of_birth_year": "2023",
    "interpreter": "no",
    "wanted": "no",
    "known": "no",
    "relationship": "mother",
    "contact_name": "A parent",
    "contact_by": "neither",
}
MOST_PAGES = 60


class Parent:
    """Somebody with a browser of their own who books on the public pages, answering whatever is asked."""

    def __init__(self, address: str, *, family: int, chance: random.Random) -> None:
        self.address = address
        self.family = family
        self.chance = chance
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.tries: list[Try] = []

    def _send(self, url: str, values: dict[str, str] | None = None) -> tuple[int, str, str]:
        body = urllib.parse.urlencode(values).encode() if values is not None else None
        try:
            with self.browser.open(url, body, SECONDS_A_REQUEST) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.url or url, error.read().decode()
        except (urllib.error.URLError, OSError, TimeoutError):
            return 0, url, ""

    def _answer(self, form: Form, page: str) -> dict[str, str]:
        values = dict(form.values)
        values |= {name: text for name, text in ANSWERS.items() if name in form.names()}
        if "another" in form.offered:
            people = page.count("nhsuk-summary-list__row")
            values["another"] = "yes" if people < self.family else "no"
        if "starts_at" in form.offered:
            values["starts_at"] = self.chance.choice(form.offered["starts_at"])
        return values

    def book(self, slug: str) -> None:
        """Go from the clinic's page to a booking, or until told that nothing is left; remember each try for a time."""
        status, url, page = self._send(f"{self.address}/book/?clinic={slug}")
        began = time.monotonic()
        for _ in range(MOST_PAGES):
            path = urllib.parse.urlsplit(url).path
            if status >= 500 or status == 0:
                self.tries.append(Try(began, time.monotonic(), status, path, self.family))
                return
            if path.endswith("/booked/"):
                self.tries.append(Try(began, time.monotonic(), 201, "", self.family))
                return
            form = next((one for one in forms_of(page, url) if one.method == "post"), None)
            choosing = path.endswith("/time/")
            if form is None or (choosing and "starts_at" not in form.offered):
                # The page says that nobody can come at this clinic any more.
                self.tries.append(Try(began, time.monotonic(), 409, "full", self.family))
                return
            if choosing:
                began = time.monotonic()
            status, url, page = self._send(form.action, self._answer(form, page))
            if choosing and urllib.parse.urlsplit(url).path.endswith("/time/"):
                self.tries.append(Try(began, time.monotonic(), 409, "taken", self.family, nearest=["another"]))
        self.tries.append(Try(began, time.monotonic(), 418, "lost on the way", self.family))


def book_through_the_pages(address: str, slug: str, *, journeys: int, family: int, seed: int) -> list[Try]:
    """Be ``journeys`` families of ``family``, one after the other, each with a browser of its own."""
    chance = random.Random(seed)
    tries = []
    for _ in range(journeys):
        parent = Parent(address, family=family, chance=chance)
        parent.book(slug)
        tries += parent.tries
    return tries


def _wait_then(
    barrier: Any, results: Any, work: Callable[..., list[Try]], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    barrier.wait(60)
    results.put(work(*args, **kwargs))


def all_at_once(jobs: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]]) -> list[Any]:
    """Run every job in a process of its own, all let go at the same moment; return what each returned, as they end."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(len(jobs))
    results = context.Queue()
    processes = [
        context.Process(target=_wait_then, args=(barrier, results, work, args, kwargs)) for work, args, kwargs in jobs
    ]
    for process in processes:
        process.start()
    try:
        return [results.get(timeout=LONGEST_SECONDS) for _ in jobs]
    finally:
        for process in processes:
            process.join(10)
            if process.is_alive():
                process.kill()
