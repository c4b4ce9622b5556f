"""People who all come at once: each a process of its own with nothing but a connection to the service.

They know the service as outsiders do, through its pages and its API, and import nothing of it.
"""

import json
import multiprocessing
import random
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

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
                list(answer.get("nearest") or []),
            )
        )
    return made


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
