"""A stand-in for GOV.UK Notify on the loopback: answers as Notify does, or goes wrong as it is told."""

import contextlib
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE = "0a1b2c3d-0000-4000-8000-000000000001"
SECRET = "0a1b2c3d-0000-4000-8000-000000000002"
API_KEY = f"tests-{SERVICE}-{SECRET}"
EMAIL_TEMPLATE = "0a1b2c3d-0000-4000-8000-000000000003"
TEXT_TEMPLATE = "0a1b2c3d-0000-4000-8000-000000000004"

# What may happen to a request, besides being answered with a status.
ACCEPT, LOSE, ACCEPT_AND_LOSE = "accept", "lose", "accept and lose the answer"
ACCEPT_AND_KEEP_WAITING, GIBBERISH = "accept and do not answer", "answer gibberish"
# Of a look-up alone: answer with every message there is.
ANYTHING = "answer without searching"
# The statuses in Notify's own words (its error table), "%s" standing for the address of the message.
ERRORS = {
    400: ("ValidationError", "phone_number or email_address %s is not valid"),
    403: ("AuthError", "Invalid token: API key not found"),
    429: ("RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"),
    500: ("Exception", "Internal server error"),
}
# A gateway's page, which is not Notify's answer.
GATEWAY = {502, 503, 504}


class NotifyStandIn(ThreadingHTTPServer):
    """Accepts what it is sent, however often. ``url`` is where it listens.

    ``accepted`` holds what it accepted, in order, each under its ``id``; ``asked`` the method and path of every
    request. ``posts`` and ``gets`` say what happens to the next sends and look-ups, one entry for each: one of the
    words above, or a status. When they are used up, ``fate`` says it, given "POST" or "GET" and the reference; unless
    somebody sets another, everything is well. A 429 asks to wait for ``retry_after`` seconds, where that is set.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.posts: list[str | int] = []
        self.gets: list[str | int] = []
        self.fate: Callable[[str, str], str | int] = lambda method, reference: ACCEPT
        self.retry_after: str | None = None
        self.accepted: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.closing = threading.Event()

    @property
    def references(self) -> list[str]:
        """The references of the messages accepted, in order, as often as each was."""
        return [one["reference"] for one in self.accepted]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has hung up; anything else fails the test that reads ``asked``."""
        self.asked.append("the stand-in failed")


class _Handler(BaseHTTPRequestHandler):
    server: NotifyStandIn
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        self.server.asked.append(f"POST {path}")
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._known():
            return self._refuse(403)
        posts = self.server.posts
        what = posts.pop(0) if posts else self.server.fate("POST", str(body.get("reference")))
        if what == LOSE:
            return self._hang_up()
        if isinstance(what, int):
            return self._refuse(what, body.get("phone_number") or body.get("email_address"))
        fields = {
            "/v2/notifications/sms": ({"phone_number", "template_id", "personalisation", "reference"}, TEXT_TEMPLATE),
            "/v2/notifications/email": (
                {"email_address", "template_id", "personalisation", "reference"},
                EMAIL_TEMPLATE,
            ),
        }
        if path not in fields or (set(body), body["template_id"]) != fields[path]:
            return self._refuse(400)
        self.server.accepted.append({"id": str(uuid.uuid4()), **body})
        if what == ACCEPT_AND_LOSE:
            return self._hang_up()
        if what == ACCEPT_AND_KEEP_WAITING:
            self.server.closing.wait(10)
            return self._hang_up()
        return self._answer(
            201, {"id": self.server.accepted[-1]["id"], "reference": body["reference"]}, broken=what == GIBBERISH
        )

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        self.server.asked.append(f"GET {where.path}")
        if not self._known():
            return self._refuse(403)
        [reference] = parse_qs(where.query)["reference"]
        what = self.server.gets.pop(0) if self.server.gets else self.server.fate("GET", reference)
        if what == LOSE:
            return self._hang_up()
        if isinstance(what, int):
            return self._refuse(what)
        found = [one for one in reversed(self.server.accepted) if one["reference"] == reference or what == ANYTHING]
        return self._answer(200, {"notifications": found, "links": {}}, broken=what == GIBBERISH)

    def _known(self) -> bool:
        """Whether the request carries a token that the service's key has signed."""
        try:
            claims = jwt.decode(self.headers["Authorization"].removeprefix("Bearer "), SECRET, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            return False
        return claims["iss"] == SERVICE

    def _refuse(self, status: int, address: str | None = None) -> None:
        if status in GATEWAY:
            return self._answer(status, {}, broken=True)
        kind, words = ERRORS[status]
        sentence = words.replace("%s", address or "")
        return self._answer(status, {"status_code": status, "errors": [{"error": kind, "message": sentence}]})

    def _answer(self, status: int, content: dict[str, Any], *, broken: bool = False) -> None:
        body = b"<html>" if broken else json.dumps(content).encode()
        self.send_response(status)
        if status == 429 and self.server.retry_after is not None:
            self.send_header("Retry-After", self.server.retry_after)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        """Close the connection without a word."""
        self.close_connection = True


@contextlib.contextmanager
def notify_stand_in() -> Iterator[NotifyStandIn]:
    """Run a stand-in for the length of the block."""
    server = NotifyStandIn()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
