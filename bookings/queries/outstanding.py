"""What waits for a person: messages that did not arrive, and letters to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy, override

from bookings.messages import resolve_each, spoken
from bookings.models import Booking
from bookings.purposes import (
    AFTER_VISIT,
    CANCELLATION,
    CHANGE,
    CLINIC_CANCELLED,
    CONFIRMATION,
    CONTACT_REPLACED,
    OPENING_ALERT,
    REMINDER_DAY,
    REMINDER_WEEK,
    WAITING_LIST_CANCELLED,
    WAITING_LIST_OFFER,
    WAITING_LIST_OVER,
)
from bookings.queries.messages import About, about
from clinics.times import london_day
from clinics.words import listed, plain_date
from messaging.envelope import Envelope
from messaging.models import Message
from messaging.policies import heeds_stop
from messaging.queries import for_a_person, letters_to_post, stopped_among
from messaging.recipients import recipient_hashes
from messaging.registry import manner_of

# More than this on one page help nobody: the oldest letters and the newest troubles first.
MOST_LETTERS = 100
MOST_TROUBLES = 100

PURPOSE_WORDS: dict[str, str | Promise] = {
    CONFIRMATION: gettext_lazy("Confirmation"),
    CANCELLATION: gettext_lazy("Cancellation"),
    CHANGE: gettext_lazy("Change of a booking"),
    CLINIC_CANCELLED: gettext_lazy("Clinic cancelled"),
    REMINDER_WEEK: gettext_lazy("Reminder, a week before"),
    REMINDER_DAY: gettext_lazy("Reminder, a day before"),
    WAITING_LIST_OFFER: gettext_lazy("Waiting-list offer"),
    WAITING_LIST_OVER: gettext_lazy("Waiting list, after three offers"),
    WAITING_LIST_CANCELLED: gettext_lazy("Waiting list, clinic cancelled"),
    OPENING_ALERT: gettext_lazy("A clinic takes bookings"),
    AFTER_VISIT: gettext_lazy("After the visit"),
    CONTACT_REPLACED: gettext_lazy("Contact details changed"),
}


@dataclass(frozen=True)
class Outstanding:
    """One message that waits for a person, with whom it is to."""

    message: Message
    known: About

    @property
    def purpose(self) -> str | Promise:
        return PURPOSE_WORDS.get(self.message.purpose, self.message.purpose)

    @property
    def booking(self) -> Booking | None:
        if self.known.wait is not None:
            return self.known.wait.booking
        return self.known.booking

    @property
    def about(self) -> str:
        """First names of those it is about, whom the contact may hear of."""
        return listed([each.first_name for each in self.known.appointments if each.pk not in self.known.kept])

    @property
    def to(self) -> str:
        """Whom to reach."""
        if self.booking is not None:
            return self.booking.contact_name
        if self.known.wait is not None:
            return str(self.known.wait.contact.get("name", ""))
        return ""

    @property
    def phone(self) -> str:
        if self.booking is not None:
            return self.booking.phone
        if self.known.wait is not None:
            return str(self.known.wait.contact.get("phone", ""))
        return self.known.alert.phone if self.known.alert is not None else ""

    @property
    def email(self) -> str:
        if self.booking is not None:
            return self.booking.email
        if self.known.wait is not None:
            return str(self.known.wait.contact.get("email", ""))
        return self.known.alert.email if self.known.alert is not None else ""

    @property
    def happened(self) -> str | Promise:
        if self.message.receipt == Message.Receipt.BOUNCED:
            return self.message.get_receipt_display()
        return self.message.get_state_display()

    @property
    def happened_at(self) -> datetime:
        return self.message.receipt_at or self.message.finished_at or self.message.created_at

    @property
    def people(self) -> list[UUID]:
        """The records of those it is about."""
        return [each.person.public_id for each in self.known.appointments if each.person is not None]


@dataclass(frozen=True)
class Letter:
    """A letter as it is printed."""

    message: Message
    known: About
    envelope: Envelope
    # The day it is printed, in the letter's language.
    dated: str

    @property
    def language(self) -> str:
        return spoken(self.message.language)

    @property
    def direction(self) -> str:
        return "rtl" if get_language_info(self.language.split("-")[0])["bidi"] else "ltr"

    @property
    def rest(self) -> str:
        """The address after its first line, on one."""
        return ", ".join(self.lines[1:])

    @property
    def lines(self) -> list[str]:
        """The address, a line each."""
        return [line.strip() for line in self.envelope.to.splitlines() if line.strip()]

    @property
    def purpose(self) -> str | Promise:
        return PURPOSE_WORDS.get(self.message.purpose, self.message.purpose)


@dataclass(frozen=True)
class LetterPile:
    """The letters to post, and why some are not needed any more, by the message's key."""

    letters: list[Letter]
    gone: dict[int, str]
    more: int

    @property
    def people(self) -> list[UUID]:
        return [
            each.person.public_id
            for letter in self.letters
            for each in letter.known.appointments
            if each.person is not None
        ]


def outstanding(messages: Sequence[Message]) -> list[Outstanding]:
    """Return these messages with whom they are to. A constant number of queries."""
    known = about(messages)
    return [Outstanding(message, known[message.pk]) for message in messages]


def messages_to_check(team_id: int) -> tuple[list[Outstanding], int]:
    """Return the newest of a team's messages that wait for a person, and how many there are in all."""
    rows = for_a_person(team_id)
    return outstanding(list(rows[:MOST_TROUBLES])), rows.count()


def letter_pile(team_id: int, *, at: datetime) -> LetterPile:
    """Return a team's letters that are due, worded as things stand at ``at``. A constant number of queries."""
    due = letters_to_post(team_id, at=at)
    rows = list(due[: MOST_LETTERS + 1])
    more = due.count() - MOST_LETTERS if len(rows) > MOST_LETTERS else 0
    rows = rows[:MOST_LETTERS]
    known = about(rows)
    answers = resolve_each(rows, at)
    hashes = {
        row.pk: recipient_hashes(row.channel, answer.to)
        for row in rows
        if isinstance(answer := answers[row.pk], Envelope) and heeds_stop(manner_of(row.purpose))
    }
    every = [each for found in hashes.values() for each in found]
    stopped = stopped_among(team_id, Message.Channel.LETTER, every) if every else set()
    letters, gone = [], {}
    for row in rows:
        answer = answers[row.pk]
        if stopped.intersection(hashes.get(row.pk, ())):
            gone[row.pk] = "They asked for no more messages."
        elif isinstance(answer, Envelope):
            with override(spoken(row.language)):
                dated = plain_date(london_day(at))
            letters.append(Letter(row, known[row.pk], answer, dated))
        else:
            gone[row.pk] = answer.because
    return LetterPile(letters, gone, more)
