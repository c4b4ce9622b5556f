"""What the messages of bookings are about, read for one that is sent or for a whole pile of letters alike."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Max, Prefetch, Q

from bookings.models import Appointment, Booking, OpeningAlert, ReplacedAddress, WaitingListEntry, WaitingListOffer
from bookings.privacy import kept_from_contact
from bookings.purposes import (
    AFTER_VISIT,
    CHANGE,
    CONTACT_REPLACED,
    OPENING_ALERT,
    REMINDER_DAY,
    REMINDER_WEEK,
    WAITING_LIST_CANCELLED,
    WAITING_LIST_OFFER,
    WAITING_LIST_OVER,
)
from clinics.models import ClinicSession
from immunisations.models import SeriesStatus, Vaccination, Visit
from messaging.models import Message

REMINDERS = frozenset({REMINDER_WEEK, REMINDER_DAY})


@dataclass
class About:
    """What one message is about, as it is now. ``appointments`` are all of the booking's, in their order."""

    booking: Booking | None = None
    appointments: list[Appointment] = field(default_factory=list)
    # Keys of the appointments of which the contact may hear nothing.
    kept: set[int] = field(default_factory=set)
    # The newest version for which the same purpose was owed about the same thing.
    newest: int = 0
    # Of a reminder.
    lead: Appointment | None = None
    # Of what is said after a visit: the doses that stand, and where their courses stand.
    visit: Visit | None = None
    given: list[Vaccination] = field(default_factory=list)
    courses: list[SeriesStatus] = field(default_factory=list)
    # Of the waiting list.
    offer: WaitingListOffer | None = None
    alert: OpeningAlert | None = None
    wait: WaitingListEntry | None = None
    # The clinic that was waited for and is cancelled.
    cancelled: ClinicSession | None = None
    # The address that is told that it was replaced, unless it was forgotten.
    replaced: ReplacedAddress | None = None


def about(messages: Sequence[Message]) -> dict[int, About]:
    """Return what each of these messages is about, by the message's key. A constant number of queries."""
    subjects: dict[str, list[UUID]] = defaultdict(list)
    for message in messages:
        subjects[_kind(message.purpose)].append(message.subject_id)
    leads = {each.public_id: each for each in _rows(Appointment.objects.all(), subjects["lead"])}
    visits = {
        each.public_id: each
        for each in _rows(Visit.objects.select_related("session", "person", "appointment"), subjects["visit"])
    }
    offers = {
        each.public_id: each
        for each in _rows(
            WaitingListOffer.objects.select_related("entry__booking", "entry__team", "session__venue"),
            subjects["offer"],
        )
    }
    waits = {
        each.public_id: each
        for each in _rows(
            WaitingListEntry.objects.select_related("booking", "team").prefetch_related("venues"), subjects["wait"]
        )
    }
    cancelled = _cancelled(messages) if waits else {}
    alerts = {
        each.public_id: each
        for each in _rows(OpeningAlert.objects.select_related("session__venue", "session__team"), subjects["alert"])
    }
    replaced = {
        each.public_id: each for each in _rows(ReplacedAddress.objects.select_related("booking"), subjects["replaced"])
    }
    keys = {each.booking_id for each in (*leads.values(), *replaced.values())}
    keys |= {each.appointment.booking_id for each in visits.values() if hasattr(each, "appointment")}
    bookings = _bookings(subjects["booking"], keys)
    by_key = {booking.pk: booking for booking in bookings.values()}
    everybody = [each for booking in by_key.values() for each in _of(booking)]
    kept = kept_from_contact(everybody) if everybody else set()
    given, courses = _doses(visits.values())
    newest = _newest(messages)
    found = {}
    for message in messages:
        one = About(newest=newest.get((message.purpose, message.subject_id), message.subject_version))
        match _kind(message.purpose):
            case "lead":
                one.lead = leads.get(message.subject_id)
                one.booking = by_key.get(one.lead.booking_id) if one.lead else None
            case "visit":
                one.visit = visits.get(message.subject_id)
                appointment = getattr(one.visit, "appointment", None)
                one.booking = by_key.get(appointment.booking_id) if appointment else None
                one.given = given.get(one.visit.pk, []) if one.visit else []
                one.courses = courses.get(_root(one.visit), []) if one.visit else []
            case "offer":
                one.offer = offers.get(message.subject_id)
                one.wait = one.offer.entry if one.offer else None
            case "wait":
                one.wait = waits.get(message.subject_id)
                one.cancelled = cancelled.get(message.subject_version)
            case "replaced":
                one.replaced = replaced.get(message.subject_id)
                one.booking = by_key.get(one.replaced.booking_id) if one.replaced else None
            case "alert":
                one.alert = alerts.get(message.subject_id)
            case _:
                one.booking = bookings.get(message.subject_id)
        if one.booking is not None:
            one.appointments = _of(one.booking)
            one.kept = kept
        found[message.pk] = one
    return found


def _kind(purpose: str) -> str:
    """Return what a purpose's subject is."""
    if purpose in REMINDERS:
        return "lead"
    kinds = {
        AFTER_VISIT: "visit",
        WAITING_LIST_OFFER: "offer",
        WAITING_LIST_OVER: "offer",
        WAITING_LIST_CANCELLED: "wait",
        OPENING_ALERT: "alert",
        CONTACT_REPLACED: "replaced",
    }
    return kinds.get(purpose, "booking")


def _cancelled(messages: Sequence[Message]) -> dict[int, ClinicSession]:
    """Return the clinics that messages to those who wait for them are about, by their keys."""
    keys = {each.subject_version for each in messages if each.purpose == WAITING_LIST_CANCELLED}
    return ClinicSession.objects.select_related("venue").in_bulk(keys)


def _rows(rows: Any, names: Sequence[UUID]) -> Any:
    return rows.filter(public_id__in=names) if names else []


def _bookings(names: Sequence[UUID], keys: set[int]) -> dict[UUID, Booking]:
    if not names and not keys:
        return {}
    appointments = Appointment.objects.select_related("session__venue", "person", "booking").order_by("position")
    rows = Booking.objects.filter(Q(public_id__in=names) | Q(pk__in=keys))
    found = rows.select_related("team").prefetch_related(Prefetch("appointments", queryset=appointments))
    return {booking.public_id: booking for booking in found}


def _of(booking: Booking) -> list[Appointment]:
    return list(booking.appointments.all())


def _root(visit: Visit) -> int:
    return visit.person.merged_into_id or visit.person_id


def _doses(visits: Iterable[Visit]) -> tuple[dict[int, list[Vaccination]], dict[int, list[SeriesStatus]]]:
    """Return the doses of these visits that stand, by visit, and where their courses stand, by person."""
    by_key = {visit.pk: visit for visit in visits}
    given: dict[int, list[Vaccination]] = defaultdict(list)
    courses: dict[int, list[SeriesStatus]] = defaultdict(list)
    if not by_key:
        return given, courses
    for row in Vaccination.objects.given().filter(visit__in=by_key).order_by("given_at", "pk"):
        given[row.visit_id].append(row)
    roots = {_root(by_key[key]) for key in given}
    for status in SeriesStatus.objects.filter(person__in=roots).order_by("due_on", "series") if roots else []:
        courses[status.person_id].append(status)
    return given, courses


def _newest(messages: Sequence[Message]) -> dict[tuple[str, UUID], int]:
    """Return the newest version of each thing that more than one message may be about."""
    wanted = [message.subject_id for message in messages if message.purpose in (CHANGE, AFTER_VISIT)]
    if not wanted:
        return {}
    rows = Message.objects.filter(subject_id__in=wanted, purpose__in=[CHANGE, AFTER_VISIT])
    return {
        (purpose, subject): version
        for purpose, subject, version in rows.order_by()
        .values("purpose", "subject_id")
        .annotate(newest=Max("subject_version"))
        .values_list("purpose", "subject_id", "newest")
    }
