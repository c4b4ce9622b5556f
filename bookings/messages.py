"""What bookings say to those who made them: looked up, and worded, at the moment of sending."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from bookings.messages_after import after_visit_words
from bookings.messages_text import fitted
from bookings.models import Appointment, Booking, WaitingListEntry, WaitingListOffer
from bookings.owing import is_expected, is_mobile, letters_to
from bookings.privacy import booked_for_themselves
from bookings.purposes import (
    AFTER_VISIT,
    CANCELLATION,
    CHANGE,
    CLINIC_CANCELLED,
    CONFIRMATION,
    CONTACT_REPLACED,
    FILLED_UP,
    OPENING_ALERT,
    REMINDER_DAY,
    REMINDER_WEEK,
    WAITING_LIST_CANCELLED,
    WAITING_LIST_OFFER,
    WAITING_LIST_OVER,
)
from bookings.queries.messages import About, about
from bookings.queries.waiting import with_clinics_ahead
from bookings.references import link_token_of, shown_reference
from bookings.replaced import is_used_again
from clinics.models import ClinicSession, Place
from clinics.times import london_day
from messaging import registry
from messaging.envelope import Envelope, NoLonger
from messaging.models import Message
from messaging.registry import Manner

__all__ = [
    "AFTER_VISIT",
    "CANCELLATION",
    "CHANGE",
    "CLINIC_CANCELLED",
    "CONFIRMATION",
    "CONTACT_REPLACED",
    "OPENING_ALERT",
    "REMINDER_DAY",
    "REMINDER_WEEK",
    "WAITING_LIST_CANCELLED",
    "WAITING_LIST_OFFER",
    "WAITING_LIST_OVER",
    "link_to",
    "register",
    "resolve",
    "resolve_each",
    "spoken",
    "stop_link",
]

# The reminder of the week says nothing that the one of the day does not, from then on.
WEEK_REMINDER_UNTIL = timedelta(days=2)
# A letter posted today is there by then.
POST_TAKES = timedelta(days=3)
# An offer that is closed again by the time it is read only disappoints.
TIME_TO_ANSWER = timedelta(minutes=10)
MOST_FOR_ONE_LETTER = timedelta(days=60)

Answer = Envelope | NoLonger


def register() -> None:
    """Answer for the messages that bookings cause. Called when the service starts."""
    for purpose, (_say, manner) in _PURPOSES.items():
        # Where an address that was replaced is out of use as well, there is nobody to reach in another way.
        registry.register(purpose, resolve, manner, followed_up=purpose != CONTACT_REPLACED)


def resolve(message: Message, at: datetime) -> Answer:
    """Return what to say, to whom, or that there is no reason any more."""
    return resolve_each([message], at)[message.pk]


def resolve_each(messages: Sequence[Message], at: datetime) -> dict[int, Answer]:
    """Do the same for many messages, by their keys, in a constant number of queries."""
    known = about(messages)
    answers = {}
    for message in messages:
        say, _manner = _PURPOSES[message.purpose]
        with translation.override(spoken(message.language)):
            answers[message.pk] = say(message, known[message.pk], at)
    return answers


def link_to(booking: Booking) -> str:
    """Return the private link to a booking, as messages carry it: in the language that is active."""
    return _public("booking-link", link_token_of(booking.public_id, booking.link_token_hash))


def stop_link(booking: Booking) -> str:
    """Return the link by which a booking's contact says that they want no more messages."""
    return _public("message-stop", link_token_of(booking.public_id, booking.link_token_hash))


def _public(name: str, *args: str) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse(name, args=args)


def spoken(code: str) -> str:
    """Return the language of a message, or the service's own where it does not speak that one any more."""
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _confirmation(message: Message, known: About, at: datetime) -> Answer:
    """The booking as it stands now: those still coming, and only while they still can."""
    coming = [appointment for appointment in known.appointments if is_expected(appointment)]
    if not coming:
        return NoLonger("Every appointment of the booking has been cancelled or used.")
    return _about_booking(message, known, coming, at)


def _change(message: Message, known: About, at: datetime) -> Answer:
    """The booking as it stands after the last change of it."""
    if known.newest > message.subject_version:
        return NoLonger("It was changed again, and that is said instead.")
    return _confirmation(message, known, at)


def _cancellation(message: Message, known: About, at: datetime) -> Answer:
    """The appointments that were cancelled in the change that owed this message."""
    cancelled = [
        appointment
        for appointment in known.appointments
        if appointment.state == Appointment.State.CANCELLED and appointment.cancelled_at == message.created_at
    ]
    if not cancelled:
        return NoLonger("The appointments are no longer cancelled.")
    return _about_booking(message, known, cancelled, at)


def _reminder(message: Message, known: About, at: datetime) -> Answer:
    """Those of a family who are still booked at one clinic, if nothing has changed since the reminder was planned."""
    lead = known.lead
    if lead is None or lead.version != message.subject_version:
        return NoLonger("The appointment has changed since.")
    coming = [each for each in known.appointments if each.session_id == lead.session_id and is_expected(each)]
    if not coming or coming[0].pk != lead.pk:
        return NoLonger("The appointment has been cancelled or used, or another of the family stands for it.")
    if coming[0].session.state == ClinicSession.State.CANCELLED:
        return NoLonger("The clinic is cancelled.")
    left = min(each.starts_at for each in coming) - at
    if message.channel == Message.Channel.LETTER and left < POST_TAKES:
        return NoLonger("A letter would come too late.")
    if message.channel != Message.Channel.LETTER and message.purpose == REMINDER_WEEK and left < WEEK_REMINDER_UNTIL:
        return NoLonger("It is too late for this reminder; the next one says the same.")
    return _about_booking(message, known, coming, at)


def _about_booking(message: Message, known: About, appointments: Sequence[Appointment], at: datetime) -> Answer:
    """Return the message about these of a booking's appointments, or why there is no reason for it."""
    if all(appointment.starts_at <= at for appointment in appointments):
        return NoLonger("The appointments are in the past.")
    named = _to_name(known, appointments)
    if not named:
        return NoLonger("A young person decided for themselves, and nothing is sent to whoever booked.")
    named.sort(key=lambda each: (each.starts_at, each.position))
    booking = _booking(known)
    first = named[0]
    return _to_contact(
        message,
        booking,
        {
            "appointments": named,
            "days": _by_clinic(named),
            "session": first.session,
            "venue": first.session.venue,
            "bring_wanted": any(each.wanted for each in named),
        },
        own=all(booked_for_themselves(each) for each in named),
        needed_by=first.starts_at,
    )


def _after_visit(message: Message, known: About, at: datetime) -> Answer:
    """What was given at a visit, as the record says now."""
    if known.visit is None or known.booking is None or not known.given:
        return NoLonger("Nothing that was given at the visit stands.")
    if known.newest > message.subject_version:
        return NoLonger("More was recorded at the visit, and that is said instead.")
    if at - known.given[-1].recorded_at > MOST_FOR_ONE_LETTER:
        return NoLonger("The visit was too long ago.")
    own = [each for each in known.appointments if each.visit_id == known.visit.pk]
    named = _to_name(known, own)
    if not named:
        return NoLonger("A young person decided for themselves, and nothing is sent to whoever booked.")
    words = after_visit_words(known.visit, known.given, known.courses)
    words |= {"name": named[0].first_name, "session": named[0].session, "venue": named[0].session.venue}
    return _to_contact(message, _booking(known), words, own=booked_for_themselves(named[0]), needed_by=None)


def _offer(message: Message, known: About, at: datetime) -> Answer:
    """The times that are kept for a family of the waiting list, while they still are."""
    offer = known.offer
    if offer is None or offer.answer or offer.entry.state != WaitingListEntry.State.WAITING:
        return NoLonger("The offer is answered, or they wait no longer.")
    if offer.expires_at - at < TIME_TO_ANSWER:
        return NoLonger("The times are not kept any longer.")
    context = {
        "offer": offer,
        "people": offer.entry.number,
        "session": offer.session,
        "venue": offer.session.venue,
    }
    return _to_those_who_wait(message, offer.entry, context, needed_by=offer.expires_at)


def _wait_over(message: Message, known: About, at: datetime) -> Answer:
    """That a wait has ended with the third offer that went by."""
    if known.wait is None or known.wait.state != WaitingListEntry.State.ENDED:
        return NoLonger("They wait, or have stopped or booked.")
    return _to_those_who_wait(message, known.wait, {})


def _clinic_waited_for(message: Message, known: About, at: datetime) -> Answer:
    """That a clinic is cancelled for which somebody waits, and what they still wait for."""
    entry, session = known.wait, known.cancelled
    if entry is None or session is None or entry.state != WaitingListEntry.State.WAITING:
        return NoLonger("They wait no longer.")
    context = {
        "session": session,
        "venue": session.venue,
        "kept": entry.offers.filter(session=session, answer__in=["", WaitingListOffer.Answer.WITHDRAWN]).exists(),
        "ahead": bool(with_clinics_ahead([entry], at)),
        "clinics_link": _public("clinic-list"),
    }
    return _to_those_who_wait(message, entry, context)


def _to_those_who_wait(
    message: Message, entry: WaitingListEntry, context: Mapping[str, Any], *, needed_by: datetime | None = None
) -> Answer:
    """Return a message to a family of the waiting list, with the private link of its wait."""
    booking = entry.booking
    contact = {"email": booking.email, "phone": booking.phone, "texts": booking.texts} if booking else entry.contact
    shared = {
        "team": entry.team,
        "has_times": booking is not None,
        "link": _public("waiting-list-link", link_token_of(entry.public_id, entry.token_hash)),
    }
    to = _address(message, contact)
    return _write(message, to, shared | dict(context), needed_by=needed_by, asked_at=entry.created_at)


def _alert(message: Message, known: About, at: datetime) -> Answer:
    """The clinic that takes bookings near the place somebody named, while it does."""
    alert = known.alert
    if alert is None or alert.session is None or alert.stopped_at is not None:
        return NoLonger("They want to hear of no clinic any more.")
    session = alert.session
    free = Place.objects.on_offer().free(at).filter(session=session, starts_at__gt=at)
    if not ClinicSession.objects.bookable(london_day(at)).filter(pk=session.pk).exists() or not free.exists():
        return NoLonger(FILLED_UP)
    context = {
        "place": alert.place,
        "session": session,
        "venue": session.venue,
        "team": session.team,
        "link": _public("clinic-detail", session.slug),
        "stop_link": _public("opening-alert-link", link_token_of(alert.public_id, alert.token_hash)),
    }
    to = _address(message, {"email": alert.email, "phone": alert.phone})
    return _write(message, to, context, asked_at=alert.created_at)


def _replaced(message: Message, known: About, at: datetime) -> Answer:
    """That the contact details of a booking were changed: to the address that was in it, of which nothing else is said.

    Said of a booking that was cancelled since, too: whoever changed it without being asked may have done that next.
    """
    replaced = known.replaced
    if replaced is None:
        return NoLonger("The address that was replaced is forgotten.")
    if is_used_again(replaced):
        return NoLonger("The contact uses this address again.")
    coming = [each.starts_at for each in known.appointments if each.starts_at > at]
    if not coming:
        return NoLonger("The appointments are in the past.")
    if not _to_name(known, known.appointments):
        return NoLonger("A young person decided for themselves, and nothing is sent to whoever booked.")
    return _write(message, replaced.address, {"team": _booking(known).team}, needed_by=min(coming))


def _booking(known: About) -> Booking:
    if known.booking is None:
        raise LookupError("the booking of this message is not there")
    return known.booking


def _to_name(known: About, appointments: Sequence[Appointment]) -> list[Appointment]:
    """Return the appointments that the contact may hear about, asked at the moment of sending."""
    return [appointment for appointment in appointments if appointment.pk not in known.kept]


def _by_clinic(appointments: Sequence[Appointment]) -> list[dict[str, Any]]:
    """Return the appointments clinic by clinic, in the order of their times."""
    days: dict[int, dict[str, Any]] = {}
    for each in appointments:
        day = days.setdefault(each.session_id, {"session": each.session, "venue": each.session.venue, "people": []})
        day["people"].append(each)
    return list(days.values())


def _to_contact(
    message: Message, booking: Booking, context: Mapping[str, Any], *, own: bool, needed_by: datetime | None
) -> Answer:
    """Return a message to a booking's contact."""
    contact = {
        "email": booking.email,
        "phone": booking.phone,
        "texts": booking.texts,
        "letter": letters_to(booking),
    }
    shared = {
        "booking": booking,
        "team": booking.team,
        "own": own,
        "reference": shown_reference(booking.reference),
        "link": link_to(booking),
        "stop_link": stop_link(booking),
    }
    return _write(message, _address(message, contact), shared | dict(context), needed_by=needed_by)


def _address(message: Message, contact: Mapping[str, Any]) -> str:
    """Return where a message goes by its channel, "" where the contact gives no such address any more."""
    if message.channel == Message.Channel.EMAIL:
        return str(contact.get("email") or "")
    if message.channel == Message.Channel.LETTER:
        return str(contact.get("letter") or "")
    phone = str(contact.get("phone") or "")
    return phone if contact.get("texts", True) and is_mobile(phone) else ""


def _write(
    message: Message,
    to: str,
    context: Mapping[str, Any],
    *,
    needed_by: datetime | None = None,
    asked_at: datetime | None = None,
) -> Answer:
    if not to:
        return NoLonger("The contact no longer has an address for this.")
    return replace(fitted(message, to=to, context=context, needed_by=needed_by), asked_at=asked_at)


_PURPOSES: dict[str, tuple[Callable[[Message, About, datetime], Answer], Manner]] = {
    CONFIRMATION: (_confirmation, Manner.ANSWER),
    CHANGE: (_change, Manner.ANSWER),
    CANCELLATION: (_cancellation, Manner.ANSWER),
    CLINIC_CANCELLED: (_cancellation, Manner.NOTICE),
    REMINDER_WEEK: (_reminder, Manner.REMINDER),
    REMINDER_DAY: (_reminder, Manner.REMINDER),
    WAITING_LIST_OFFER: (_offer, Manner.CARE),
    WAITING_LIST_OVER: (_wait_over, Manner.CARE),
    WAITING_LIST_CANCELLED: (_clinic_waited_for, Manner.CARE),
    OPENING_ALERT: (_alert, Manner.REMINDER),
    AFTER_VISIT: (_after_visit, Manner.CARE),
    CONTACT_REPLACED: (_replaced, Manner.NOTICE),
}
