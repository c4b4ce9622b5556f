"""Those who ask: a browser that knows pages and forms, and eight programs that book through the API at once."""

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from tests.support.html_forms import Form, forms_of

CLIENTS = 8
SECONDS_A_REQUEST = 60


class WrongAnswer(AssertionError):
    """The service did not answer as it must for the measurement to mean anything."""


class Connection:
    """One connection that is kept open, as a proxy keeps its own; opened again where the server had closed it."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.http = http.client.HTTPConnection(self.host, timeout=SECONDS_A_REQUEST)

    def ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Return the answer and its whole body."""
        try:
            self.http.request(method, path, body, headers)
            answer = self.http.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError, BrokenPipeError):
            self.http.close()
            self.http.request(method, path, body, headers)
            answer = self.http.getresponse()
        return answer, answer.read()


@dataclass
class Browser:
    """One browser with its cookies. ``requests`` counts what it has asked, redirects included."""

    address: str
    requests: int = 0
    path: str = ""
    page: str = ""
    status: int = 0
    queries: int | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = Connection(self.address)

    def open(self, path: str, *, data: dict[str, str | list[str]] | None = None, count: bool = False) -> "Browser":
        """Go to a path, or send a form there, and follow wherever that leads. ``count`` asks for the query count."""
        for _redirect in range(10):
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            headers |= {"X-Count-Queries": "1"} if count else {}
            headers |= {"Content-Type": "application/x-www-form-urlencoded"} if data is not None else {}
            body = None if data is None else urlencode(data, doseq=True).encode()
            answer, content = self.connection.ask("GET" if data is None else "POST", path, body, headers)
            self.requests += 1
            for line in answer.headers.get_all("Set-Cookie", []):
                for name, morsel in SimpleCookie(line).items():
                    self.cookies[name] = morsel.value
            self.status, self.page, self.path = answer.status, content.decode(), path
            self.queries = int(answer.headers.get("X-Queries", 0)) if count else None
            if answer.status not in (301, 302, 303):
                break
            path, data = urljoin(f"http://x{path}", answer.headers["Location"]).removeprefix("http://x"), None
        if self.status != 200:
            raise WrongAnswer(f"{self.path} answered {self.status}")
        return self

    def form(self, *, with_field: str = "") -> Form:
        """Return the page's own form: the first that is posted, and has ``with_field``."""
        for form in forms_of(self.page, self.path):
            if form.method == "post" and (not with_field or with_field in form.names()):
                return form
        raise WrongAnswer(f"{self.path} has no form with {with_field or 'a button'}")

    def send(self, form: Form, **answers: str | list[str]) -> "Browser":
        """Send a form as it stands, with these answers in it."""
        return self.open(form.action, data={**form.values, **answers})

    def sign_in(self, username: str, password: str) -> "Browser":
        """Sign in as a member of staff."""
        self.open("/accounts/login/")
        return self.send(self.form(with_field="password"), login=username, password=password)


# Every answer of the journey by the name of its field, whichever page asks for it.
ANSWERS: dict[str, str | list[str]] = {
    "first_name": "Amina",
    "last_name": "Khan",
    "date_of_birth_day": "27",
    "date_of_birth_month": "3",
    "date_of_birth_year": "2023",
    "vaccines": "check",
    "interpreter": "no",
    "wanted": "no",
    "known": "no",
    "home": "ours",
    "address": "1 High Street",
    "postcode": "WR11 4BS",
    "gp": "yes",
    "gp_surgery": "Merstow Green",
    "same": "yes",
    "parental": "yes",
    "relationship": "mother",
    "contact_name": "Sara Khan",
    "contact_by": ["text", "email"],
    "mobile": "07700 900982",
    "email": "sara@example.com",
}
CHILDREN = ("Amina", "Bilal", "Chand")
MOST_PAGES = 40


def book_children(browser: Browser, count: int, *, near: str, slug: str) -> None:
    """Go the public's whole way: start page, list, search, the clinic's page, and every question up to the booking."""
    named = 0
    browser.open("/").open("/clinics/")
    browser.send(browser.form(with_field="near"), near=near)
    browser.open(f"/clinics/{slug}/").open(f"/book/?clinic={slug}")
    for _page in range(MOST_PAGES):
        if browser.path.endswith("/booked/"):
            return
        form = browser.form()
        answers = {name: answer for name, answer in ANSWERS.items() if name in form.names()}
        if times := form.offered.get("starts_at"):
            answers["starts_at"] = times[0]
        if "first_name" in form.names():
            answers["first_name"] = CHILDREN[named]
            named += 1
        if "another" in form.names():
            answers["another"] = "yes" if named < count else "no"
        browser.send(form, **answers)
    raise WrongAnswer(f"the journey did not end: {browser.path}")


def all_at_once(address: str, requests: Sequence[Sequence[Callable[[Connection], None]]]) -> float:
    """Let one client a row of ``requests`` make them one after the other, all rows at once; return the seconds."""
    ready = threading.Barrier(len(requests) + 1)
    wrong: list[Exception] = []

    def work(row: Sequence[Callable[[Connection], None]]) -> None:
        connection = Connection(address)
        ready.wait()
        try:
            for request in row:
                request(connection)
        except (WrongAnswer, OSError, http.client.HTTPException) as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(row,)) for row in requests]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return time.monotonic() - began


def booking_body(session: str, starts_at: str) -> dict[str, object]:
    """Return a booking of one child as another system sends it."""
    return {
        "session": session,
        "starts_at": starts_at,
        "contact": {
            "name": "Sara Khan",
            "relationship": "Mother",
            "phone": "07700 900982",
            "email": "sara@example.com",
        },
        "people": [{"first_name": "Amina", "last_name": "Khan", "date_of_birth": "2023-03-27"}],
    }


def _post(connection: Connection, body: object, headers: dict[str, str], *, expected: int) -> None:
    answer, content = connection.ask(
        "POST", "/api/v1/bookings/", json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
    )
    if answer.status != expected:
        raise WrongAnswer(f"the API answered {answer.status}: {content[:200]!r}")


def book(session: str, starts_at: str, token: str) -> Callable[[Connection], None]:
    """Return the request that books one child at one time."""
    body = booking_body(session, starts_at)

    def request(connection: Connection) -> None:
        headers = {"Authorization": f"Token {token}", "Idempotency-Key": str(uuid.uuid4())}
        _post(connection, body, headers, expected=201)

    return request


def nothing(token: str) -> Callable[[Connection], None]:
    """Return the request that is let in and does nothing: an empty body with a key that can be none, refused for it."""

    def request(connection: Connection) -> None:
        _post(connection, {}, {"Authorization": f"Token {token}", "Idempotency-Key": " "}, expected=400)

    return request
