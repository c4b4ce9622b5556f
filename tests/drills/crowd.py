"""People who all come at once: each a process of its own with nothing but a connection to the service.

They know the service as outsiders do, through its pages and its API, and import nothing of it.
"""

import json
import multiprocessing
import queue
import random
import re
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

SECONDS_A_REQUEST = 60
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
    reference: str = ""

    @property
    def booked(self) -> bool:
        return self.status == 201

    @property
    def turned_away(self) -> bool:
        """Whether the answer was that nothing is left, or that too many others want it: no other time was offered."""
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


def ask_for_a_time(
    address: str, session: str, token: str, *, wanted: str | None, family: int, chance: random.Random
) -> Try:
    """Ask the API once to book ``family`` people at ``wanted``, or at any time."""
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
    return Try(
        began,
        time.monotonic(),
        status,
        str(answer.get("code", "")),
        family,
        wanted or "",
        list((answer.get("details") or {}).get("nearest") or []),
        str(answer.get("reference", "")),
    )


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
        made.append(ask_for_a_time(address, session, token, wanted=wanted, family=family, chance=chance))
    return made


ANSWERS = {
    "first_name": "Child",
    "last_name": "Drill",
    "date_of_birth_day": "3",
    "date_of_birth_month": "mar",
    "date_of_birth_year": "2023",
    "vaccines": "check",
    "same": "yes",
    "interpreter": "no",
    "wanted": "no",
    "known": "no",
    "home": "unsaid",
    "gp": "not_sure",
    "parental": "yes",
    "relationship": "mother",
    "contact_name": "A parent",
    "contact_by": "neither",
}
MOST_PAGES = 60
REFERENCE = re.compile(r"<strong[^>]*>([A-Z0-9]{5}) ?-? ?([A-Z0-9]{5})</strong>")
NOTHING_LEFT = "There are no times left"
JUST_TAKEN = "has just been taken"


class Parent:
    """Somebody with a browser of their own who books on the public pages, answering whatever is asked."""

    def __init__(self, address: str, *, family: int, chance: random.Random) -> None:
        self.address = address
        self.family = family
        self.chance = chance
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.tries: list[Try] = []
        self.at_the_button: tuple[str, str] | None = None

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
            people = page.count('<dl class="nhsuk-summary-list">')
            values["another"] = "yes" if people < self.family else "no"
        if "starts_at" in form.offered:
            values["starts_at"] = self.chance.choice(form.offered["starts_at"])
        return values

    def book(self, slug: str) -> None:
        """Go from the clinic's page to a booking, or until told that nothing is left; remember each try for a time."""
        self.walk(*self._send(f"{self.address}/book/?clinic={slug}"))

    def keep_a_time(self, slug: str) -> None:
        """Go from the clinic's page up to the last button, which ``press`` presses."""
        self.at_the_button = self.walk(*self._send(f"{self.address}/book/?clinic={slug}"), until="/check/")

    def press(self) -> None:
        """Press the last button: booked, or told that somebody else has the time."""
        assert self.at_the_button is not None
        url, page = self.at_the_button
        form = next(one for one in forms_of(page, url) if one.method == "post")
        began = time.monotonic()
        status, url, page = self._send(form.action, self._answer(form, page))
        path = urllib.parse.urlsplit(url).path
        if path.endswith("/booked/"):
            self._remember(began, 201, reference="".join(REFERENCE.findall(page)[0]))
        elif path.endswith("/time/") and status == 200:
            self._remember(began, 409, "taken", nearest=["another"])
        else:
            self._remember(began, status if status != 200 else 418, path)

    def _remember(self, began: float, status: int, code: str = "", **more: Any) -> None:
        self.tries.append(Try(began, time.monotonic(), status, code, self.family, **more))

    def walk(self, status: int, url: str, page: str, *, until: str = "/booked/") -> tuple[str, str] | None:
        """Answer page after page up to ``until``; return its address and text, or None where it was not reached."""
        began = time.monotonic()
        for _ in range(MOST_PAGES):
            path = urllib.parse.urlsplit(url).path
            if status == 409:
                # Too many others at once. Says so beside the form, which can be sent again.
                self._remember(began, 409, "busy")
            elif status != 200:
                self._remember(began, status, path)
                return None
            if path.endswith(until):
                if until == "/booked/":
                    self._remember(began, 201, reference="".join(REFERENCE.findall(page)[0]))
                return url, page
            form = next((one for one in forms_of(page, url) if one.method == "post"), None)
            choosing = path.endswith("/time/")
            if choosing and "starts_at" not in (form.offered if form else {}) and NOTHING_LEFT in page:
                self._remember(began, 409, "full")
                return None
            if form is None:
                self._remember(began, 418, f"no way on from {path}")
                return None
            if choosing:
                began = time.monotonic()
            status, url, page = self._send(form.action, self._answer(form, page))
            if status == 200 and urllib.parse.urlsplit(url).path.endswith("/time/") and JUST_TAKEN in page:
                self._remember(began, 409, "taken", nearest=["another"])
        self._remember(began, 418, "lost on the way")
        return None


def book_through_the_pages(address: str, slug: str, *, journeys: int, family: int, seed: int) -> list[Try]:
    """Be ``journeys`` families of ``family``, one after the other, each with a browser of its own."""
    chance = random.Random(seed)
    tries = []
    for _ in range(journeys):
        parent = Parent(address, family=family, chance=chance)
        parent.book(slug)
        tries += parent.tries
    return tries


def press_late(address: str, slug: str, *, keep: int, seed: int, gate: Any) -> list[Try]:
    """Be ``keep`` parents who each keep a time, and press the last button only when the gate has opened."""
    chance = random.Random(seed)
    parents = [Parent(address, family=1, chance=chance) for _ in range(keep)]
    for parent in parents:
        parent.keep_a_time(slug)
    kept = [parent for parent in parents if parent.at_the_button]
    wait_at(gate)
    for parent in kept:
        parent.press()
    return [one for parent in parents for one in parent.tries]


def book_these_times_through_the_api(
    address: str, session: str, token: str, *, times: list[str], seed: int, gate: Any
) -> list[Try]:
    """Ask once for each of ``times``, in an order of one's own, when the gate has opened."""
    chance = random.Random(seed)
    wait_at(gate)
    return [
        ask_for_a_time(address, session, token, wanted=wanted, family=1, chance=chance)
        for wanted in chance.sample(times, len(times))
    ]


def wait_at(gate: Any) -> None:
    """Say that all is prepared, then wait until what had to happen in between has happened."""
    gate.wait(LONGEST_SECONDS)
    gate.wait(LONGEST_SECONDS)


def _wait_then(
    barrier: Any, results: Any, work: Callable[..., list[Try]], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    barrier.wait(LONGEST_SECONDS)
    results.put(work(*args, **kwargs))


def all_at_once(
    jobs: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]],
    *,
    between: Callable[[], None] | None = None,
    longest_seconds: int = LONGEST_SECONDS,
) -> list[Any]:
    """Run every job in a process of its own, all let go at the same moment; return what each returned, as they end.

    With ``between`` each job is given a ``gate`` to ``wait_at``: ``between`` is called when all of them wait there.
    """
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(len(jobs))
    gate = context.Barrier(len(jobs) + 1)
    results = context.Queue()
    processes = [
        context.Process(
            target=_wait_then,
            args=(barrier, results, work, args, kwargs | ({"gate": gate} if between else {})),
        )
        for work, args, kwargs in jobs
    ]
    for process in processes:
        process.start()
    try:
        if between is not None:
            gate.wait(LONGEST_SECONDS)
            between()
            gate.wait(LONGEST_SECONDS)
        return _gather(results, processes, longest_seconds)
    finally:
        for process in processes:
            process.join(10)
            if process.is_alive():
                process.kill()


def _gather(results: Any, processes: list[Any], longest_seconds: int) -> list[Any]:
    """Return what each process sends; a process that fails ends the wait for it. Raises RuntimeError, queue.Empty."""
    gathered: list[Any] = []
    ends = time.monotonic() + longest_seconds
    while len(gathered) < len(processes):
        try:
            gathered.append(results.get(timeout=2))
        except queue.Empty:
            if any(process.exitcode for process in processes):
                raise RuntimeError("one of those who came fell over: see above") from None
            if time.monotonic() > ends:
                raise
    return gathered
