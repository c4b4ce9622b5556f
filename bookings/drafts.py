"""The unfinished bookings of the public: what was answered so far, whose it is, and what is to be asked next.

A draft lives on the server for a day after its last answer. Its id stands in the address; what opens it is a secret
in the browser's cookie, of which only the hash is stored.
"""

import hashlib
import secrets
import uuid
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import DateTimeField, UUIDField

from accounts.recurring import Recurring
from bookings.details import Contact, PersonDetails
from bookings.models import Appointment, Draft
from bookings.policies import MOST_PEOPLE
from clinics import places
from clinics.models import ClinicSession
from clinics.places import Need
from clinics.times import london_day
from clinics.vaccines import series_of
from nhsuk.forms import PartialDate

KEPT_FOR = timedelta(days=1)
# Older than this is possible, and more often a slip in the year: the page asks once.
SURPRISING_AGE = 25
MYSELF = "myself"
# Somebody of this age consents for themselves (Family Law Reform Act 1969, section 8).
ADULT = 16
# In place of an answer of their own: "the same as the first person".
SAME = "same"
# What is asked about the first person and is mostly the same for the others.
WANTED, HOME, GP = "wanted", "home", "gp"
SHARED = {"book-wanted": WANTED, "book-home": HOME, "book-gp": GP}
# What a field of the appointment holds (Appointment.support_needs, Booking.support_needs).
LONGEST_NEEDS = 500


@dataclass
class PersonAnswers:
    """What was answered about one person who is coming."""

    first_name: str = ""
    last_name: str = ""
    # "2020-03-27", or "2020-03" or "2020" where the day is not known.
    born: str = ""
    age_confirmed: bool = False
    # Codes of Series; None until asked, none where we are to check what is needed, SAME alone for as the first person.
    wanted: list[str] | None = None
    # Whether they asked for a vaccine without gelatine; None until asked.
    gelatine_free: bool | None = None
    # "ours", "staying", "none" or "unsaid", or SAME; "" until asked.
    home: str = ""
    address: str = ""
    postcode: str = ""
    # As Appointment.gp_registered, or SAME; "" until asked.
    gp: str = ""
    gp_surgery: str = ""
    # None until asked; "" where it is not known.
    nhs_number: str | None = None
    # Extra help is wanted for this person.
    help: bool = False
    # None until asked.
    needs: list[str] | None = None
    needs_words: str = ""

    @property
    def extra_time(self) -> bool:
        """Whether a longer appointment was asked for."""
        return self.help and "extra_time" in (self.needs or [])

    def birth(self) -> PartialDate:
        """Return the date of birth as it was given."""
        return PartialDate.parse(self.born)

    def age(self, on: date) -> int:
        """Return how many whole years old the person is, or at most is, on a day."""
        born = self.birth().earliest
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))

    def keep_born(self, born: str) -> None:
        """Keep when the person was born; what was confirmed of another date is not of this one."""
        if born != self.born:
            self.born, self.age_confirmed = born, False

    def surprises(self, on: date) -> bool:
        """Whether the year of birth is more often a slip than right, and nobody has confirmed it."""
        return bool(self.born) and self.age(on) > SURPRISING_AGE and not self.age_confirmed

    def name(self) -> str:
        """Return the full name."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass
class Answers:
    """Everything that was answered, in the order of the pages."""

    people: list[PersonAnswers] = field(default_factory=list)
    # "Nobody else is coming" was answered.
    complete: bool = False
    # The clinics near this place were looked at: an outward code or a town.
    near: str = ""
    # Whether the others are as the first person, for each of WANTED, HOME and GP that was asked.
    same: dict[str, bool] = field(default_factory=dict)
    # What the people come for was not asked: the clinic offered one thing. Another clinic may offer more.
    wanted_unasked: bool = False
    # What the question about gelatine was settled for: clinic, births and vaccines. "" once it has to be asked again.
    gelatine_settled: str = ""
    interpreter: bool | None = None
    spoken_language: str = ""
    # How the person who books wants to be told things, besides plain text.
    formats: list[str] = field(default_factory=list)
    format_words: str = ""
    help_wanted: bool | None = None
    # The person who books wants help too; their needs are None until asked.
    my_help: bool = False
    my_needs: list[str] | None = None
    my_words: str = ""
    # The clinic and birth dates for which it was checked that everybody is old enough.
    ages_checked: str = ""
    # The needs for which times are kept; other needs want other times.
    held_for: list[bool] = field(default_factory=list)
    split: bool = False
    # Everybody's times, as ISO 8601 in UTC, in the order of the people.
    times: list[str] = field(default_factory=list)
    # The time that somebody else had just taken, as ISO 8601 in UTC.
    gone: str = ""
    # For what times they wait: ids of "venues", "weekdays", "parts" of the day. Nothing until asked.
    waiting: dict[str, Any] = field(default_factory=dict)
    relationship: str = ""
    contact_name: str = ""
    # As Booking.parental_responsibility; "" until asked.
    parental: str = ""
    contact_by: list[str] | None = None
    mobile: str = ""
    mobile_typed: str = ""
    email: str = ""
    landline: str = ""
    landline_typed: str = ""
    # The email address whose spelling was asked about.
    email_checked: str = ""
    # Where a letter goes, for whoever has neither mobile nor email.
    letter_address: str = ""

    def source(self, person: PersonAnswers, topic: str) -> PersonAnswers:
        """Return whose answer on WANTED, HOME or GP holds for a person: their own, or the first one's."""
        if person is self.people[0]:
            return person
        own = getattr(person, topic)
        return self.people[0] if self.same.get(topic, True) or own in (SAME, [SAME]) else person

    def asked_about_gelatine(self) -> bool:
        """Whether anybody was asked about gelatine."""
        return any(person.gelatine_free is not None for person in self.people)

    def remove(self, number: int) -> None:
        """Take a person out, counted from 1. Whoever then is the first keeps what they shared with the first before."""
        if number == 1:
            following = self.people[1]
            for topic, also in ((WANTED, ()), (HOME, ("address", "postcode")), (GP, ("gp_surgery",))):
                held = self.source(following, topic)
                for name in (topic, *also):
                    setattr(following, name, getattr(held, name))
        del self.people[number - 1]

    def extra_times(self) -> list[bool]:
        """Return, for each person, whether a longer appointment was asked for."""
        return [person.extra_time for person in self.people]

    def needs(self) -> list[Need]:
        """Return what the people need in places."""
        return [Need(extra_time=extra) for extra in self.extra_times()]


class Step(NamedTuple):
    """One page of questions: the name of its address, and the person it is about, counted from 1."""

    page: str
    number: int | None = None


def read(draft: Draft) -> Answers:
    """Return the draft's answers."""
    known = {each.name for each in fields(Answers)}
    stored = {name: value for name, value in draft.answers.items() if name in known}
    of_person = {each.name for each in fields(PersonAnswers)}
    stored["people"] = [
        PersonAnswers(**{name: value for name, value in person.items() if name in of_person})
        for person in stored.get("people", [])
    ]
    return Answers(**stored)


def hash_secret(secret: str) -> str:
    """Return what is stored of a browser's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """Return a secret for a browser: 256 random bits."""
    return secrets.token_urlsafe(32)


def start(*, secret: str, session: ClinicSession | None, answers: Answers | None = None, at: datetime) -> Draft:
    """Begin a draft for the browser with this secret, with what was answered so far.

    ``session`` is the clinic that was chosen already, if one was.
    """
    return Draft.objects.create(
        owner_hash=hash_secret(secret),
        session=session,
        answers=asdict(answers or Answers()),
        created_at=at,
        updated_at=at,
        expires_at=at + KEPT_FOR,
    )


def _open(related: str) -> "Recurring[Draft]":
    return Recurring(
        lambda public_id, at: Draft.objects.select_related(related).filter(public_id=public_id, expires_at__gt=at),
        public_id=UUIDField(),
        at=DateTimeField(),
    )


# Asked by every page of the journey: the draft with what the page shows of it besides its answers.
_OPEN = {related: _open(related) for related in ("session", "session__venue", "booking")}


def find(*, public_id: uuid.UUID, secret: str, at: datetime, related: str = "session") -> Draft | None:
    """Return this browser's draft; None where it is another's, is not there (any more) or is more than a day old.

    ``related`` names what is read with it: "session", "session__venue" or "booking".
    """
    draft = _OPEN[related].one(public_id=public_id, at=at)
    if draft is None or not secrets.compare_digest(draft.owner_hash, hash_secret(secret)):
        return None
    return draft


def save(draft: Draft, answers: Answers, *, at: datetime) -> None:
    """Store the answers, and keep the draft for another day."""
    draft.answers = asdict(answers)
    draft.updated_at, draft.expires_at = at, at + KEPT_FOR
    draft.save(update_fields=["answers", "updated_at", "expires_at"])


@transaction.atomic
def choose_session(draft: Draft, answers: Answers, session: ClinicSession, *, at: datetime) -> None:
    """Note the clinic and day that were chosen; times kept at another are given back."""
    if draft.session_id != session.pk:
        release(draft)
        draft.session, draft.starts_at = session, None
        answers.gone = ""
        answers.split = False
        offered = {str(series_of(code)) for code in session.vaccine_codes()}
        if answers.wanted_unasked:
            answers.wanted_unasked = False
            answers.same.pop(WANTED, None)
            for person in answers.people:
                person.wanted = None
        for person in answers.people:
            if not set(person.wanted or []) <= {*offered, SAME}:
                # Something of it is not given there: they are asked again.
                person.wanted = None
        draft.save(update_fields=["session", "starts_at"])
    save(draft, answers, at=at)


def release(draft: Draft) -> None:
    """Give back the times that a draft keeps. Must run in the caller's transaction."""
    places.release_kept(holder=draft.public_id)


def booked_appointments(draft: Draft, *, at: datetime) -> list[Appointment]:
    """Return the appointments to come that the draft's browser booked with other drafts of its own. One query."""
    return list(
        Appointment.objects.filter(
            booking__draft__owner_hash=draft.owner_hash, state=Appointment.State.BOOKED, starts_at__gt=at
        )
        .select_related("booking__draft", "session")
        .order_by("starts_at", "pk")
    )


@transaction.atomic
def clear(*, secret: str) -> int:
    """Forget every draft of the browser with this secret and give its times back. Bookings made stay.

    Returns how many were forgotten.
    """
    drafts = list(Draft.objects.filter(owner_hash=hash_secret(secret)))
    for draft in drafts:
        release(draft)
        draft.delete()
    return len(drafts)


@transaction.atomic
def forget_expired(*, at: datetime, most: int = 1000) -> int:
    """Forget drafts that nobody answered for a day, at most ``most`` of them. Returns how many."""
    drafts = list(Draft.objects.filter(expires_at__lte=at).order_by("expires_at")[:most])
    for draft in drafts:
        release(draft)
        draft.delete()
    return len(drafts)


def ages_key(draft: Draft, answers: Answers) -> str:
    """Return what the check of ages depends on: the clinic and the birth dates."""
    return " ".join([str(draft.session_id), *(person.born for person in answers.people)])


def gelatine_key(draft: Draft, answers: Answers) -> str:
    """Return what the question about gelatine depends on: the clinic, the birth dates and what is wanted."""
    wanted = [",".join(answers.source(person, WANTED).wanted or []) for person in answers.people]
    return " ".join([ages_key(draft, answers), *(f"[{each}]" for each in wanted)])


def needs_parent(answers: Answers, today: date) -> bool:
    """Whether somebody in the booking is too young to consent for themselves."""
    return any(person.born and person.age(today) < ADULT for person in answers.people)


def _known_who_books(answers: Answers, today: date) -> bool:
    """Whether it was answered who books, and the answer can still be true of the people as they are now."""
    if answers.relationship == MYSELF:
        grown = any(person.born and person.age(today) >= ADULT for person in answers.people)
        return grown and bool(answers.contact_name or len(answers.people) == 1)
    return bool(answers.relationship)


def _shared(answers: Answers, page: str) -> Iterator[tuple[Step, bool]]:
    """Yield the pages on one topic: the first person's, and those of the others where they are not the same."""
    topic = SHARED[page]
    for number, person in enumerate(answers.people, start=1):
        given = getattr(person, topic) not in (None, "")
        if number == 1:
            yield Step(page, 1), given and (len(answers.people) == 1 or topic in answers.same)
        elif answers.same.get(topic) is False:
            yield Step(page, number), given


def takes_bookings(session: ClinicSession | None, at: datetime) -> bool:
    """Whether the public may still book at the clinic chosen."""
    return (
        session is not None
        and session.state == ClinicSession.State.PUBLISHED
        and session.who_may_book == ClinicSession.WhoMayBook.PUBLIC
        and session.date >= london_day(at)
    )


def steps(draft: Draft, answers: Answers, at: datetime) -> Iterator[tuple[Step, bool]]:
    """Yield each page of questions in order, and whether it has been answered.

    Filter questions come before times, because the number of people and who needs longer decide which times fit.
    """
    today = london_day(at)
    for number, person in enumerate(answers.people, start=1):
        yield Step("book-name", number), bool(person.first_name)
        yield Step("book-date-of-birth", number), bool(person.born) and not person.surprises(today)
    if not answers.people:
        yield Step("book-name", 1), False
    yield Step("book-people"), answers.complete
    yield Step("book-clinic"), takes_bookings(draft.session, at)
    yield Step("book-too-young"), answers.ages_checked == ages_key(draft, answers)
    yield from _shared(answers, "book-wanted")
    yield Step("book-gelatine"), answers.gelatine_settled == gelatine_key(draft, answers)
    yield Step("book-language"), answers.interpreter is not None
    yield Step("book-help"), answers.help_wanted is not None
    for number, person in enumerate(answers.people, start=1):
        if person.help:
            yield Step("book-needs", number), person.needs is not None
    if answers.my_help:
        yield Step("book-my-needs"), answers.my_needs is not None
    yield Step("book-time"), draft.starts_at is not None and answers.held_for == answers.extra_times()
    for number, person in enumerate(answers.people, start=1):
        yield Step("book-nhs-number", number), person.nhs_number is not None
    yield from _shared(answers, "book-home")
    yield from _shared(answers, "book-gp")
    about_you = _known_who_books(answers, today) and bool(answers.parental or not needs_parent(answers, today))
    yield Step("book-about-you"), about_you
    if about_you:
        yield Step("book-contact"), answers.contact_by is not None


CHECK = Step("book-check")


def next_step(draft: Draft, answers: Answers, at: datetime) -> Step:
    """Return the first page that is not answered, or the page for checking them all."""
    return next((step for step, answered in steps(draft, answers, at) if not answered), CHECK)


def step_before(draft: Draft, answers: Answers, at: datetime, step: Step) -> Step | None:
    """Return where Back leads: to the check once everything is answered, else to the page before. None at the first."""
    order = list(steps(draft, answers, at))
    if step != CHECK and all(answered for _step, answered in order):
        return CHECK
    before = None
    for each, _answered in order:
        if each == step:
            return before
        # Nobody goes back to what was not asked.
        if each.page != "book-too-young" and (each.page != "book-gelatine" or answers.asked_about_gelatine()):
            before = each
    # A page outside the order, such as the name of a further person.
    return before if step == CHECK else Step("book-people")


def reachable(draft: Draft, answers: Answers, at: datetime, step: Step) -> bool:
    """Whether everything that is asked before ``step`` has been answered."""
    if step.page in SHARED and step.number is not None and 1 < step.number <= len(answers.people):
        # Whoever is the same as the first person may still say that they are not.
        first = Step(step.page, 1)
        if dict(steps(draft, answers, at)).get(first):
            return reachable(draft, answers, at, first)
    for each, answered in steps(draft, answers, at):
        if each == step:
            return True
        if not answered:
            # The name of one person more than there are.
            return each.page == "book-people" and step == Step("book-name", len(answers.people) + 1)
    return step == CHECK or step == Step("book-name", len(answers.people) + 1)


def room_for_another(answers: Answers) -> bool:
    """Whether one more person may be added."""
    return len(answers.people) < MOST_PEOPLE


def details(answers: Answers, words: dict[str, Any], offered: Collection[str] = ()) -> list[PersonDetails]:
    """Return the people as ``make_booking`` takes them; ``words`` has the words of each need by its code.

    ``offered`` has the codes of Vaccine that the clinic offers: of these, what they want is noted. A date of birth
    known to the month or year is taken as the first day of it, and marked as approximate.
    """
    return [
        PersonDetails(
            first_name=person.first_name,
            last_name=person.last_name,
            date_of_birth=person.birth().earliest,
            date_of_birth_is_approximate=person.birth().exact is None,
            nhs_number=person.nhs_number or "",
            extra_time=person.extra_time,
            support_needs=needs_sentence(person, words)[:LONGEST_NEEDS],
            wanted=tuple(code for code in offered if series_of(code) in (answers.source(person, WANTED).wanted or ())),
            gelatine_free=bool(person.gelatine_free),
            **_where(answers, person),
        )
        for person in answers.people
    ]


def _where(answers: Answers, person: PersonAnswers) -> dict[str, Any]:
    """Return a person's home and GP surgery, as PersonDetails has them."""
    home, gp = answers.source(person, HOME), answers.source(person, GP)
    return {
        "address": home.address,
        "postcode": home.postcode,
        "no_fixed_abode": home.home == "none",
        "gp_registered": gp.gp,
        "gp_surgery": gp.gp_surgery,
    }


def needs_sentence(person: PersonAnswers, words: dict[str, Any]) -> str:
    """Return one person's needs in words: those ticked, then what was written."""
    return _sentence(person.needs, person.needs_words, words) if person.help else ""


def my_needs_sentence(answers: Answers, words: dict[str, Any]) -> str:
    """Return the needs of the person who books in words, and how they want to be told things."""
    return ". ".join(filter(None, (formats_sentence(answers, words), my_help_sentence(answers, words))))


def formats_sentence(answers: Answers, words: dict[str, Any]) -> str:
    """Return in words how the person who books wants to be told things; "" where plain text is enough."""
    # What was written stands for "another way".
    codes = [code for code in answers.formats if code != "other" or not answers.format_words]
    return _sentence(codes, answers.format_words, words)


def my_help_sentence(answers: Answers, words: dict[str, Any]) -> str:
    """Return what help the person who books needs, in words."""
    return _sentence(answers.my_needs, answers.my_words, words) if answers.my_help else ""


def _sentence(codes: list[str] | None, written: str, words: dict[str, Any]) -> str:
    ticked = [str(words[code]) for code in codes or [] if code in words]
    return ". ".join([*ticked, *([written] if written else [])])


def contact(answers: Answers, *, relationship: str, language: str, support_needs: str = "") -> Contact:
    """Return who booked as ``make_booking`` takes it; ``relationship`` in words, ``language`` of the pages."""
    return Contact(
        name=answers.contact_name,
        relationship=relationship,
        phone=answers.mobile or answers.landline,
        # Another number may be a neighbour's mobile: a text to it would open the booking to them.
        texts=bool(answers.mobile),
        email=answers.email,
        language=language,
        spoken_language=answers.spoken_language,
        interpreter_needed=bool(answers.interpreter),
        support_needs=support_needs[:LONGEST_NEEDS],
        letters=bool(answers.letter_address),
        address=answers.letter_address,
        parental_responsibility=answers.parental,
    )
