"""Staff with a tablet each, all at one clinic: they read the list, arrive, see, vaccinate, and get in each other's way.

Each is a process of its own that knows the service by its pages alone. What the service acknowledged is remembered, so
that the database can be asked afterwards whether it kept it.
"""

import http.client
import random
import re
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import zip_longest
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from tests.drills.crowd import wait_at
from tests.support.html_forms import Form, forms_of

SECONDS_A_REQUEST = 60
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
PERSON = re.compile(rf'href="([^"]*/people/({UUID})/)"')
SECTION = re.compile(r'<h2[^>]*\bid="([a-z-]+)"')
# What the desk may answer where a question has several answers: always the first that is one of these.
USUAL = {
    "decides": ("contact", "parent_present", "own"),
    "which": ("all",),
    "health": ("ok",),
    "here": ("parent", "no", "alone"),
    "reason": ("declined",),
}
SITES = ("left_arm", "right_arm", "left_thigh", "right_thigh")
# A nurse goes home when nobody was ready for a tenth of the day, though somebody is still expected: the desk may have
# gone. Never sooner than after so long: the desk has to sign in first.
SHORTEST_IDLE_SECONDS = 20
# How few the buttons for arriving are when whoever closes marks the rest as not attending.
LAST_EXPECTED = 6
NURSE, DESK, CLOSER = "nurse", "desk", "closer"


@dataclass(frozen=True)
class Said:
    """One thing that was asked and what was answered: ``kind`` is what, ``person`` the public id where known.

    ``how`` says how it was asked and where it led, for whoever looks for a fault.
    """

    kind: str
    person: str = ""
    key: str = ""
    more: str = ""
    how: str = ""


@dataclass
class Day:
    """What one tablet saw in its day."""

    acknowledged: list[Said] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    polls: int = 0
    unchanged: int = 0


@dataclass
class Answer:
    """A page as it came: its status, where it stands after redirects, with what its address asks, and its text."""

    status: int
    path: str
    page: str
    query: str = ""

    @property
    def text(self) -> str:
        """Its words, without markup and without its scripts."""
        bare = re.sub(r"<script.*?</script>|<[^>]+>", " ", self.page, flags=re.DOTALL)
        return " ".join(unescape(bare).split())

    def forms(self, end: str = "") -> list[Form]:
        """Its forms that are sent to an address with this end."""
        forms = forms_of(self.page, f"{self.path}?{self.query}")
        return [form for form in forms if form.method == "post" and urlsplit(form.action).path.endswith(end)]

    @property
    def problem(self) -> str:
        """What its banners say, but for those that say that all is well, and its summary of errors."""
        banners = re.split('<div class="nhsuk-notification-banner(?=[ "])', self.page)[1:]
        said = [re.search('__heading">(.*?)</p>', each, re.DOTALL) for each in banners if "--success" not in each[:60]]
        parts = [each[1] for each in said if each] + re.findall(r'nhsuk-error-summary"(.*?)</ul>', self.page, re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>|^[^<]*>", " ", " ".join(parts))).split())


class Tablet:
    """One tablet, signed in as one member of staff."""

    def __init__(self, address: str, session: str, *, chance: random.Random) -> None:
        self.host = urlsplit(address).netloc
        self.day_path = f"/clinic-day/{session}/"
        self.chance = chance
        self.username = ""
        self.cookies: dict[str, str] = {}
        self.connection = http.client.HTTPConnection(self.host, timeout=SECONDS_A_REQUEST)
        self.day = Day()

    # --- asking

    def ask(self, path: str, data: dict[str, Any] | None = None, *, headers: dict[str, str] | None = None) -> Answer:
        """Go there, or send a form there, and on wherever that leads."""
        began, sent = time.monotonic(), data is not None
        for _redirect in range(8):
            answer, body = self._exchange(path, data, headers or {})
            if answer is None:
                self.day.wrong.append(f"no answer: {path}")
                return Answer(0, path, "")
            for line in answer.headers.get_all("Set-Cookie", []):
                name, _is, value = line.split(";")[0].partition("=")
                self.cookies[name] = value
            if answer.status not in (301, 302, 303):
                break
            path, data = urljoin(f"http://x{path}", answer.headers["Location"]).removeprefix("http://x"), None
        self.day.seconds.append(time.monotonic() - began)
        page = Answer(answer.status, urlsplit(path).path, body.decode(), urlsplit(path).query)
        if page.status >= 500 or page.status in (400, 401, 403, 405):
            self.day.wrong.append(f"{page.status}: {path}")
        elif page.status == 409 or (sent and page.status == 200 and page.problem):
            # Some are told on the page to which they are led.
            self.day.refusals.append(page.problem)
        return page

    def _exchange(
        self, path: str, data: dict[str, Any] | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse | None, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
        body = None
        if data is not None:
            body = urlencode(data, doseq=True).encode()
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        for again in (True, False):
            try:
                self.connection.request("GET" if data is None else "POST", quote(path, safe="/?=&%"), body, headers)
                answer = self.connection.getresponse()
                return answer, answer.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # A connection kept open that the server had closed: nothing was read of it.
                self.connection.close()
                if not again:
                    break
            except OSError:
                break
        self.connection.close()
        return None, b""

    def send(self, form: Form, **answers: Any) -> Answer:
        """Send a form as it stands with these answers."""
        return self.ask(_target(form), {**form.values, **answers})

    def sign_in(self, username: str, password: str) -> None:
        """Sign in; what follows goes on as this user."""
        self.username = username
        page = self.ask("/accounts/login/")
        form = next(form for form in page.forms() if "password" in form.names())
        page = self.send(form, login=username, password=password)
        if page.status != 200 or "/login" in page.path:
            self.day.wrong.append(f"{username} cannot sign in: {page.status} {page.text[:200]}")

    def close_connection(self) -> None:
        """Give the connection back."""
        self.connection.close()

    # --- the list

    def look(self) -> Answer:
        """Read the list; as its script does, ask now and then only whether it has changed."""
        page = self.ask(self.day_path)
        url, tag = self.list_again(page)
        if url:
            self.day.polls += 1
            answer = self.ask(url, headers={"X-Background": "1", "If-None-Match": tag})
            self.day.unchanged += answer.status == 304
        return page

    def list_again(self, page: Answer) -> tuple[str, str]:
        """Return where a list's script asks whether it has changed, and the tag of what it shows."""
        part = re.search(r'data-url="([^"]+)" data-tag="([^"]+)"', page.page)
        return (unescape(part[1]), f'"{unescape(part[2])}"') if part else ("", "")

    def section(self, page: Answer, name: str) -> str:
        """Return one part of the list; the whole where it has no such part."""
        parts = list(SECTION.finditer(page.page))
        for here, after in zip_longest(parts, parts[1:]):
            if here[1] == name:
                return page.page[here.end() : after.start() if after else None]
        return page.page

    def waiting(self, page: Answer) -> list[tuple[str, str]]:
        """Return the addresses and ids of those who arrived and wait, and now and then of those being seen."""
        also = self.section(page, "in-progress") if self.chance.random() < 0.2 else ""
        return list(dict.fromkeys(PERSON.findall(self.section(page, "ready") + also)))

    # --- the desk

    def arrive_some(self) -> int:
        """Press "Arrived" for a family or for somebody, often for the same as everybody else.

        Returns how many buttons the list had: 0 where nobody is expected any more.
        """
        page = self.look()
        offered = [(form, each) for form in page.forms("/arrive/") for each in form.pressed("appointment")]
        if not offered:
            return 0
        form, wanted = offered[0] if self.chance.random() < 0.5 else self.chance.choice(offered[:12])
        self.arrive(form, wanted)
        return len(offered)

    def arrive(self, form: Form, wanted: str) -> None:
        """Mark these appointments, ids with commas between, as arrived; tell people apart where asked."""
        answer = self.send(form, appointment=wanted)
        for _person in wanted.split(","):
            if not re.search(rf"/arrive/{UUID}/$", answer.path):
                break
            match = next((each for each in answer.forms() if each.values.get("is") == "new"), None)
            if match is None:
                # Another tablet told them apart meanwhile, as the page says: else the day would stand still here.
                if answer.status == 200:
                    self.day.wrong.append(f"no button for somebody new: {answer.path}")
                break
            self.send(match)
            answer = self.send(form, appointment=wanted)
        if answer.status == 200 and "marked as arrived" in answer.text:
            self.day.acknowledged += [Said("arrived", key=each) for each in wanted.split(",")]

    def walk_in(self, number: str) -> None:
        """Add somebody who has no appointment, on one page."""
        name = f"Walker{number}"
        page = self.ask(f"{self.day_path}walk-in/")
        form = next((form for form in page.forms() if "first_name" in form.names()), None)
        if form is None:
            self.day.wrong.append(f"no form for a walk-in: {page.status} {page.path}")
            return
        facts = {
            "first_name": name,
            "last_name": "Drill",
            "date_of_birth_day": "3",
            "date_of_birth_month": "3",
            "date_of_birth_year": "2021",
            "here": _usual("here", form),
            "carer_name": "A Parent",
        }
        answer = self.send(form, **facts)
        if "walk-in" in answer.path:
            answer = self.send(form, **facts, add="yes")
        if answer.status == 200 and (found := re.search(rf"/people/({UUID})/$", answer.path)):
            self.day.acknowledged.append(Said("walk-in", found[1], name))
        elif answer.status == 200 and "walk-in" not in answer.path:
            self.day.acknowledged.append(Said("walk-in", key=name))
        else:
            self.day.wrong.append(f"a walk-in was not added: {answer.status} {answer.text[:300]}")

    def undo_one(self) -> None:
        """Take an arrival back, while others may be seeing the person."""
        page = self.look()
        offered = [(form, each) for form in page.forms("/undo-arrival/") for each in form.pressed("visit")]
        if offered:
            form, visit = self.chance.choice(offered)
            answer = self.send(form, visit=visit)
            if answer.status == 200 and "The arrival was undone." in answer.text:
                self.day.acknowledged.append(Said("undone", key=visit))

    # --- the nurse

    def see(self, path: str, person: str) -> None:
        """See somebody: start, record check, consent and health, dose, a second vaccine; sometimes something else."""
        page = self.ask(path)
        if page.status != 200:
            return
        turn = self.chance.random()
        if turn < 0.15:
            self.visit(page, person, "pause")
            self.visit(self.ask(path), person, "start")
        elif turn < 0.3:
            self.visit(page, person, "start")
        if turn > 0.9:
            self.not_given(path, person)
            return
        if "No record has been checked" in page.text or self.chance.random() < 0.1:
            self.check(path, person)
        for _vaccine in range(2):
            if not self.dose(path, person):
                break

    def visit(self, page: Answer, person: str, does: str) -> None:
        """Start, pause or take over a visit; taken over where somebody else has it."""
        form = next(iter(page.forms("/visit/")), None)
        if form is None:
            return
        answer = self.send(form, does=does)
        if answer.status == 409 and does == "start":
            # Somebody else sees them: sometimes they are called away, and this one takes over.
            over = [each for each in answer.forms("/visit/") if "take_over" in each.pressed("does")]
            if over and self.chance.random() < 0.5:
                answer = self.send(over[0], does="take_over")
                if answer.status == 200:
                    self.day.acknowledged.append(Said("taken over", person))
        elif answer.status == 200 and does == "pause" and "Paused." in answer.text:
            self.day.acknowledged.append(Said("paused", person))

    def check(self, path: str, person: str) -> None:
        """See that the red book shows nothing."""
        page = self.ask(f"{path}record-check/?start=empty")
        form = next((form for form in page.forms() if "red_book-outcome" in form.names()), None)
        if form is None:
            return
        answer = self.send(form, **{"red_book-outcome": "nothing_recorded", "does": "finding"})
        form = next((form for form in answer.forms() if "finding" in form.names()), None)
        if form is None:
            return
        answer = self.send(form, does="save")
        if answer.status == 200 and "Record check saved." in answer.text:
            self.day.acknowledged.append(Said("record check", person, form.values.get("client_uuid", "")))

    def dose(self, path: str, person: str) -> bool:
        """Ask, agree and give whatever is due first; False where nothing more is."""
        page = self.ask(f"{path}consent-and-health/")
        form = next((form for form in page.forms("/consent-and-health/") if "asked_about" in form.names()), None)
        if form is not None and "/consent-and-health/" in page.path:
            answers = {name: _usual(name, form) for name in ("decides", "which", "health") if name in form.names()}
            page = self.send(form, **answers)
            if page.status == 200 and not page.problem:
                kind = "consent" if "decides" in answers else "health"
                asked = f"{form.values.get('seen')} {form.values.get('asked_about')}, {answers}, led to {page.path}"
                self.day.acknowledged.append(Said(kind, person, how=f"{self.username} saw {asked}"))
        given = re.search(r"/dose/([A-Z0-9_a-z-]+)/$", page.path)
        if given is None:
            page = self.ask(path)
            link = re.search(rf'href="([^"]*{re.escape(path)}dose/[^"?]+)"', page.page)
            if link is None:
                return False
            page = self.ask(link[1])
            given = re.search(r"/dose/([A-Z0-9_a-z-]+)/$", page.path)
        form = next((form for form in page.forms() if "body_site" in form.names()), None)
        if given is None or form is None:
            return False
        return self.save_dose(form, person, given[1])

    def save_dose(self, form: Form, person: str, series: str, *, twice: bool | None = None) -> bool:
        """Save it: now and then pressed twice at once, now and then against a warning."""
        sites = [site for site in SITES if site in form.offered["body_site"]]
        answers: dict[str, Any] = {"body_site": self.chance.choice(sites)}
        if "batch" in form.offered:
            # Nurses have different boxes: whoever locks a batch must not be what makes them take turns.
            answers["batch"] = self.chance.choice([each for each in form.offered["batch"] if each != "another"])
        key = form.values.setdefault("client_uuid", "") or str(uuid.uuid4())
        form.values["client_uuid"] = key
        second = None
        if twice or (twice is None and self.chance.random() < 0.15):
            second = threading.Thread(target=self._press_too, args=(_target(form), {**form.values, **answers}))
            second.start()
        answer = self.send(form, **answers)
        if second is not None:
            second.join()
        warned = next((each for each in answer.forms() if "override_reason" in each.names()), None)
        if warned is not None:
            seen = _values(answer.page, warned, "seen")
            answer = self.send(warned, **answers, override_reason="Seen", seen=seen)
        if answer.status == 200 and " saved" in answer.text and "/dose/" not in answer.path:
            self.day.acknowledged.append(Said("dose", person, key, series))
            return True
        return False

    def _press_too(self, path: str, data: dict[str, Any]) -> None:
        """Send the same form once more at the same moment, as an impatient finger does."""
        twin = Tablet(f"http://{self.host}", "", chance=random.Random(0))
        twin.cookies = dict(self.cookies)
        twin.ask(path, data)
        self.day.wrong += twin.day.wrong
        self.day.refusals += twin.day.refusals
        twin.close_connection()

    def not_given(self, path: str, person: str) -> None:
        """Write down that nothing was given."""
        page = self.ask(f"{path}not-given/")
        form = next((form for form in page.forms() if "reason" in form.offered), None)
        if form is None:
            return
        series = form.offered.get("series", [])
        answer = self.send(form, series=series, reason=_usual("reason", form))
        if answer.status == 422:
            self.day.wrong.append(f"not given was not saved: {answer.text[:300]}")
        if answer.status == 200 and "Saved: not given" in answer.text:
            key = form.values.get("client_uuid", "")
            self.day.acknowledged += [Said("not given", person, key, each) for each in series]

    # --- the end

    def close(self) -> None:
        """Mark everybody who has not come, while the desk still arrives them."""
        page = self.ask(f"{self.day_path}did-not-attend/")
        form = next((form for form in page.forms() if "shown" in form.names()), None)
        if form is not None:
            shown = _values(page.page, form, "shown")
            answer = self.send(form, shown=shown)
            if answer.status == 200:
                self.day.acknowledged += [Said("did not attend", key=each) for each in shown]


def _target(form: Form) -> str:
    """Return where a form is sent, with what its address asks."""
    parts = urlsplit(form.action)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _usual(name: str, form: Form) -> str:
    offered = form.offered.get(name, [])
    return next((each for each in USUAL.get(name, ()) if each in offered), offered[0] if offered else "")


def _values(page: str, form: Form, name: str) -> list[str]:
    """Return every value of a field that a form holds several times."""
    for part in re.findall(r"<form.*?</form>", page, re.DOTALL):
        values = re.findall(rf'<input[^>]*\bname="{name}"[^>]*\bvalue="([^"]*)"', part)
        values += re.findall(rf'<input[^>]*\bvalue="([^"]*)"[^>]*\bname="{name}"', part)
        own = form.values.get(name) or next(iter(form.offered.get(name, [])), None)
        if values and own in values:
            return list(dict.fromkeys(unescape(each) for each in values))
    return []


def work(
    address: str,
    session: str,
    *,
    username: str,
    password: str,
    does: str,
    seed: int,
    walk_ins: int,
    minutes: float,
) -> Day:
    """Be one member of staff for the day: until nobody waits and nobody is expected, or the time is over."""
    chance = random.Random(seed)
    tablet = Tablet(address, session, chance=chance)
    tablet.sign_in(username, password)
    ends = time.monotonic() + minutes * 60
    for _turn in _turns(tablet, does, seed, walk_ins, ends):
        pass
    return tablet.day


def give_at_once(
    address: str,
    session: str,
    *,
    username: str,
    password: str,
    people: list[str],
    seed: int,
    gate: Any,
) -> Day:
    """Open the page of everybody's dose, and when the gate has opened press one after the other, as all others do."""
    tablet = Tablet(address, session, chance=random.Random(seed))
    tablet.sign_in(username, password)
    opened = []
    for person in people:
        page = tablet.ask(f"{tablet.day_path}people/{person}/dose/MEASLES/")
        form = next((form for form in page.forms() if "body_site" in form.names()), None)
        if form is None:
            tablet.day.wrong.append(f"no dose to give: {page.status} {page.path}")
        else:
            opened.append((form, person))
    wait_at(gate)
    for form, person in opened:
        tablet.save_dose(form, person, "MEASLES", twice=False)
    return tablet.day


def _turns(tablet: Tablet, does: str, seed: int, walk_ins: int, ends: float) -> Iterator[None]:
    chance = tablet.chance
    if does != NURSE:
        for number in range(walk_ins):
            tablet.walk_in(f"{seed}x{number}")
            tablet.arrive_some()
            tablet.undo_one()
            yield
        closed = False
        while time.monotonic() < ends and (left := tablet.arrive_some()):
            if chance.random() < 0.1:
                tablet.undo_one()
            # While the last of them still arrive.
            if does == CLOSER and not closed and left <= LAST_EXPECTED and chance.random() < 0.1:
                tablet.close()
                closed = True
            yield
        if does == CLOSER and not closed:
            tablet.close()
        return
    seen: set[str] = set()
    idle, busy_at = 0, time.monotonic()
    patience = max(SHORTEST_IDLE_SECONDS, (ends - busy_at) / 10)
    while time.monotonic() < min(ends, busy_at + patience) and idle < 8:
        page = tablet.look()
        left = [each for each in tablet.waiting(page) if each[1] not in seen]
        if not left:
            idle += 0 if page.forms("/arrive/") else 1
            time.sleep(0.2)
            yield
            continue
        idle, busy_at = 0, time.monotonic()
        # Half the time whoever is first, as every other nurse; half the time anybody.
        path, person = left[0] if chance.random() < 0.5 else chance.choice(left)
        seen.add(person)
        tablet.see(path, person)
        yield
