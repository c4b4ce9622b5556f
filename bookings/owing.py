"""The messages that bookings cause, written in the transaction that causes them.

What each says, to whom, and whether there is still a reason for it is looked up when it is sent
(``bookings.messages``): nobody has to find and delete what an appointment's change has made untrue.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Max

from bookings.models import Appointment, Booking, OpeningAlert, WaitingListEntry, WaitingListOffer
from bookings.purposes import (
    AFTER_VISIT,
    OPENING_ALERT,
    REMINDER_DAY,
    REMINDER_WEEK,
    WAITING_LIST_CANCELLED,
    WAITING_LIST_OFFER,
    WAITING_LIST_OVER,
)
from bookings.queries.waiting import waiting_for
from clinics.models import ClinicSession
from clinics.times import wall_time
from immunisations.models import Visit
from messaging.actions import Owed, enqueue_all, enqueue_each
from messaging.models import Message

# On the wall in England, whatever the clocks do in between.
REMINDER_TIME = time(10)
WEEK_BEFORE = 7
# By post it takes a few days longer, and one letter is enough.
LETTER_BEFORE = 12
# Whoever booked, or changed, this short before a reminder has just been told the same.
TOLD_LATELY = {REMINDER_WEEK: timedelta(days=1), REMINDER_DAY: timedelta(hours=12)}
# Until then whatever was recorded in a hurry has been put right.
AFTER_LEAVING = timedelta(minutes=30)


def owe(booking: Booking, purpose: str, *, version: int, at: datetime, due_at: datetime | None = None) -> None:
    """Write the messages that a booking's contact is owed, by each way they gave; none where they gave none.

    ``version`` tells one change from the next: the sum of the versions of the booking's appointments. The same purpose
    and version is the same message, however often it is owed.
    """
    owed = [Owed(purpose, channel, booking.public_id, version, due_at or at) for channel in channels_of(booking)]
    enqueue_all(team=booking.team, owed=owed, at=at, language=booking.language)


def owe_reminders(booking: Booking, *, at: datetime, appointments: Iterable[Appointment] | None = None) -> None:
    """Plan the reminders of a booking as it stands now: a week and a day before each clinic its people are booked at.

    Called after each booking, change and cancellation; what is planned already is not planned twice, and a reminder of
    a time that has gone is not sent. The family's reminder of one clinic hangs on the first of them in the booking's
    order. Whoever booked or changed less than a day before the week's reminder is due does not get that one, and less
    than 12 hours before the day's, not that one. ``appointments`` are the booking's with their clinics, where the
    caller has read them.
    """
    channels = channels_of(booking)
    if not channels:
        return
    if appointments is None:
        appointments = booking.appointments.select_related("session")
    owed = []
    for lead in leads_of(appointments):
        for channel in channels:
            owed += [
                Owed(purpose, channel, lead.public_id, lead.version, due_at)
                for purpose, due_at in _reminders(lead, channel, at)
            ]
    enqueue_all(team=booking.team, owed=owed, at=at, language=booking.language)


def _reminders(lead: Appointment, channel: str, at: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the purposes of the reminders of one appointment by one channel, and when each is due."""
    day = lead.session.date
    by_post = channel == Message.Channel.LETTER
    early = _before(day, LETTER_BEFORE if by_post else WEEK_BEFORE)
    if early - at >= TOLD_LATELY[REMINDER_WEEK]:
        yield REMINDER_WEEK, early
    eve = _before(day, 1)
    if not by_post and eve - at >= TOLD_LATELY[REMINDER_DAY]:
        yield REMINDER_DAY, eve


def owe_offer(offer: WaitingListOffer, *, at: datetime) -> None:
    """Tell a family of the waiting list which times are kept for them."""
    _owe_those_who_wait(offer.entry, WAITING_LIST_OFFER, offer.public_id, version=1, at=at)


def owe_wait_over(offer: WaitingListOffer, *, at: datetime) -> None:
    """Tell a family of the waiting list that its wait ended with this offer, the third that went by."""
    _owe_those_who_wait(offer.entry, WAITING_LIST_OVER, offer.public_id, version=1, at=at)


def owe_clinic_waited_for(session: ClinicSession, *, at: datetime) -> None:
    """Tell those who wait for a clinic that it is cancelled, and that they wait on; not those with others ahead of them
    who were offered nothing there.
    """
    for entry in waiting_for(session, at):
        _owe_those_who_wait(entry, WAITING_LIST_CANCELLED, entry.public_id, version=session.pk, at=at)


def _owe_those_who_wait(entry: WaitingListEntry, purpose: str, subject_id: UUID, *, version: int, at: datetime) -> None:
    if entry.booking is not None:
        channels, language = channels_of(entry.booking), entry.booking.language
    else:
        channels = _channels(
            email=entry.contact.get("email", ""),
            phone=entry.contact.get("phone", ""),
            texts=entry.contact.get("texts", True),
        )
        language = entry.contact.get("language") or "en-gb"
    enqueue_each(
        team=entry.team,
        purpose=purpose,
        # A letter comes long after the two hours that times are kept, and they said how they are told.
        channels=[channel for channel in channels if channel != Message.Channel.LETTER],
        subject_id=subject_id,
        subject_version=version,
        due_at=at,
        at=at,
        language=language,
    )


def alert_channels(alert: OpeningAlert) -> list[str]:
    """Return by which ways somebody wants to hear of a clinic near them."""
    return _channels(email=alert.email, phone=alert.phone, texts=True)


def owe_alert(alert: OpeningAlert, *, at: datetime, channels: Sequence[str]) -> None:
    """Tell somebody that a clinic near them takes bookings: the one in ``alert.session``, which has to be given.

    Each call is a message of its own: an earlier one was not sent, where its clinic had filled up before.
    """
    if alert.session is None:
        raise ValueError("an alert tells of a clinic")
    earlier = Message.objects.filter(purpose=OPENING_ALERT, channel__in=Message.Channel, subject_id=alert.public_id)
    said = earlier.aggregate(said=Max("subject_version"))["said"]
    enqueue_each(
        team=alert.session.team,
        purpose=OPENING_ALERT,
        channels=channels,
        subject_id=alert.public_id,
        subject_version=1 + (said or 0),
        due_at=at,
        at=at,
        language=alert.language,
    )


def owe_after_visit(visit: Visit, *, at: datetime) -> None:
    """Write what is said after a visit that has ended, where a dose was given and somebody can be written to.

    Due half an hour after they may leave. A further record makes a further message, and the earlier one, if it still
    waits, is not sent.
    """
    appointment = Appointment.objects.select_related("booking__team").filter(visit=visit).first()
    records = visit.vaccinations.count()
    if appointment is None or not records or not visit.vaccinations.given().exists():
        return
    booking = appointment.booking
    due_at = max(visit.left_at or at, at) + AFTER_LEAVING
    owed = [Owed(AFTER_VISIT, channel, visit.public_id, records, due_at) for channel in channels_of(booking)]
    enqueue_all(team=booking.team, owed=owed, at=at, language=booking.language)


def channels_of(booking: Booking) -> list[str]:
    """Return by which ways a booking's contact can be written to: email, text, and a letter where they asked for it."""
    found = _channels(email=booking.email, phone=booking.phone, texts=booking.texts)
    if letters_to(booking):
        found.append(Message.Channel.LETTER)
    return found


def letters_to(booking: Booking) -> str:
    """Return to whom letters about a booking are posted: name and address in lines, "" where none are wanted."""
    if not (booking.letters and booking.address):
        return ""
    return "\n".join(part for part in (booking.contact_name, booking.address) if part)


def leads_of(appointments: Iterable[Appointment]) -> list[Appointment]:
    """Return of each clinic at which people of a booking are still expected the first, in the booking's order."""
    leads: dict[int, Appointment] = {}
    for appointment in sorted(appointments, key=lambda each: each.position):
        if is_expected(appointment):
            leads.setdefault(appointment.session_id, appointment)
    return list(leads.values())


def is_expected(appointment: Appointment) -> bool:
    """Whether somebody is booked and has not come yet."""
    return appointment.state == Appointment.State.BOOKED and appointment.visit_id is None


def is_mobile(phone: str) -> bool:
    """Whether a stored number (E.164) is a UK mobile, to which a text can be sent. 070 numbers are not mobiles."""
    return phone.startswith("+447") and not phone.startswith("+4470")


def _channels(*, email: str, phone: str, texts: bool) -> list[str]:
    found: list[str] = []
    if email:
        found.append(Message.Channel.EMAIL)
    if texts and is_mobile(phone):
        found.append(Message.Channel.TEXT)
    return found


def _before(day: date, days: int) -> datetime:
    """Return the moment of a reminder so many days before a clinic."""
    return wall_time(day - timedelta(days=days), REMINDER_TIME)
