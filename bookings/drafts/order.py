"""What is to be asked next: the order of the public's questions, and which of them are answered."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from bookings.drafts.answers import GP, HOME, MYSELF, WANTED, Answers
from bookings.models import Draft
from bookings.policies import MOST_PEOPLE
from clinics.models import ClinicSession
from clinics.times import london_day

# Somebody of this age consents for themselves (Family Law Reform Act 1969, section 8).
ADULT = 16
SHARED = {"book-wanted": WANTED, "book-home": HOME, "book-gp": GP}


class Step(NamedTuple):
    """One page of questions: the name of its address, and the person it is about, counted from 1."""

    page: str
    number: int | None = None


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
