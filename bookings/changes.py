"""Unfinished changes to a booking: another time, one more person, answers to health questions.

Each is a draft about a booking. No browser's secret opens it: only a browser that has found the booking, by its link or
by its reference and a date of birth, and only under that booking.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import transaction

from bookings import drafts
from bookings.details import PersonDetails
from bookings.drafts import PersonAnswers
from bookings.models import Appointment, Booking, Draft
from clinics.models import ClinicSession
from clinics.places import Need

# Health answers that were begun and not sent are kept no longer than it takes to answer them.
HEALTH_KEPT_FOR = timedelta(hours=2)


@dataclass
class _Answers:
    done: bool = False

    @classmethod
    def read(cls, draft: Draft) -> Self:
        """Return what was answered so far."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in draft.answers.items() if name in known})

    def save(self, draft: Draft, *, at: datetime) -> None:
        """Store what was answered."""
        draft.answers, draft.updated_at = asdict(self), at
        draft.save(update_fields=["answers", "updated_at"])


@dataclass
class NewTimes(_Answers):
    """The times for a change or for one more person; which appointments move, or who is added."""

    appointments: list[str] = field(default_factory=list)
    person: dict[str, Any] = field(default_factory=dict)
    # The cancelled appointment of whoever is added again, by its public id; "" for somebody new.
    again: str = ""
    # The clinic and birth for which the question about gelatine was settled. "" once it has to be asked again.
    gelatine_settled: str = ""
    split: bool = False
    # Everybody's new times, as ISO 8601 in UTC, and the time that somebody else had just taken.
    times: list[str] = field(default_factory=list)
    gone: str = ""

    def added(self) -> PersonAnswers:
        """Return what was answered about the person to be added."""
        known = {each.name for each in fields(PersonAnswers)}
        return PersonAnswers(**{name: value for name, value in self.person.items() if name in known})

    def moved(self, appointments: Iterable[Appointment]) -> list[Appointment]:
        """Return those of a booking's appointments that are to be moved, in the booking's order."""
        return [each for each in appointments if str(each.public_id) in self.appointments]

    def needs(self, appointments: Iterable[Appointment]) -> list[Need]:
        """Return what is needed in places."""
        if self.person:
            return [Need(extra_time=self.added().extra_time)]
        return [Need(extra_time=each.extra_time) for each in self.moved(appointments)]


@dataclass
class Health(_Answers):
    """What was answered about one person's health; nothing of it is anybody's until it is sent."""

    appointment: str = ""
    # By the code of each question: {"answer": "yes" | "no", "details": words}.
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    # "yes", "no" or "not_sure"; "" until asked.
    agrees: str = ""


@transaction.atomic
def begin(
    *, booking: Booking, purpose: str, answers: _Answers, at: datetime, session: ClinicSession | None = None
) -> Draft:
    """Begin a change to a booking, in place of any other of that purpose: what that kept is given back."""
    about = getattr(answers, "appointment", None)
    for former in Draft.objects.filter(about=booking, purpose=purpose).select_for_update(of=("self",)):
        # Health answers are begun for each person.
        if former.answers.get("appointment") == about and not former.answers.get("done"):
            drafts.release(former)
            former.delete()
    kept_for = HEALTH_KEPT_FOR if purpose == Draft.Purpose.HEALTH else drafts.KEPT_FOR
    return Draft.objects.create(
        owner_hash="",
        purpose=purpose,
        about=booking,
        session=session,
        answers=asdict(answers),
        created_at=at,
        updated_at=at,
        expires_at=at + kept_for,
    )


def find(*, public_id: uuid.UUID, booking: Booking, purposes: Iterable[str], at: datetime) -> Draft | None:
    """Return the unfinished (or just finished) change of that booking, or None."""
    return (
        Draft.objects.filter(public_id=public_id, about=booking, purpose__in=list(purposes), expires_at__gt=at)
        .select_related("session__venue")
        .first()
    )


@transaction.atomic
def choose_session(draft: Draft, answers: NewTimes, session: ClinicSession, *, at: datetime) -> None:
    """Note the clinic and day that were chosen; times kept at another are given back."""
    if draft.session_id != session.pk:
        drafts.release(draft)
        draft.session, draft.starts_at = session, None
        answers.gone, answers.split, answers.times = "", False, []
        draft.save(update_fields=["session", "starts_at"])
    answers.save(draft, at=at)


def once_more(appointment: Appointment, needs: Mapping[str, Any]) -> NewTimes:
    """Return the answers for somebody of the booking whose appointment was cancelled and who comes after all.

    Nothing is asked again. ``needs`` has the words of each need by its code, in the language in which they are noted.
    """
    born = appointment.date_of_birth
    about = str(born.year) if born.month == 1 else f"{born:%Y-%m}"
    noted = [each for each in appointment.support_needs.split(". ") if each]
    codes = {str(said): code for code, said in needs.items()}
    ticked = [codes[each] for each in noted if each in codes]
    ticked += ["extra_time"] if appointment.extra_time and "extra_time" not in ticked else []
    person = PersonAnswers(
        first_name=appointment.first_name,
        last_name=appointment.last_name,
        born=about if appointment.date_of_birth_is_approximate else born.isoformat(),
        age_confirmed=True,
        # Whether they said no or nobody asked is not noted: where it matters, they are asked.
        gelatine_free=appointment.gelatine_free or None,
        help=bool(noted or ticked),
        needs=ticked,
        needs_words=". ".join(each for each in noted if each not in codes),
    )
    return NewTimes(person=asdict(person), again=str(appointment.public_id))


def details(person: PersonAnswers, beside: Appointment, needs: str, *, again: bool = False) -> PersonDetails:
    """Return somebody who is added to a booking, with the home and GP surgery of ``beside``, a brother or sister.

    The wish for a vaccine without gelatine is their own: it is asked, and never taken over. With ``again`` it is their
    own cancelled appointment that stands beside, and their NHS number and what they came for are taken over too.
    """
    own: dict[str, Any] = {"nhs_number": beside.nhs_number, "wanted": tuple(beside.wanted)} if again else {}
    return PersonDetails(
        first_name=person.first_name,
        last_name=person.last_name,
        date_of_birth=person.birth().earliest,
        date_of_birth_is_approximate=person.birth().exact is None,
        extra_time=person.extra_time,
        support_needs=needs[: drafts.LONGEST_NEEDS],
        postcode=beside.postcode,
        no_fixed_abode=beside.no_fixed_abode,
        address=beside.address,
        gp_registered=beside.gp_registered,
        gp_surgery=beside.gp_surgery,
        gelatine_free=bool(person.gelatine_free),
        **own,
    )
