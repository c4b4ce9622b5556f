"""Beginning and ending a wait."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from bookings import owing
from bookings.actions import needs_of
from bookings.details import Contact, PersonDetails
from bookings.models import Appointment, Booking, WaitingListEntry, WaitingListOffer
from bookings.owing import is_mobile
from bookings.policies import BookingRefused, check_people
from bookings.privacy import to_come_as_told
from bookings.queries.waiting import MOST_OFFERS, offers_gone_by
from bookings.references import hash_link_token, link_token, link_token_of
from bookings.waiting_list.wishes import PARTS, WEEKDAYS, Wish
from clinics.giving_back import release_kept
from clinics.models import Venue
from clinics.places import Need
from clinics.times import london_day

# Who has no times yet waits for as long as clinics are planned ahead.
LONGEST = timedelta(days=84)
# By then a message has gone or was given up.
TOLD_WITHIN = timedelta(days=2)
REACH = ("email", "phone", "texts", "language")
State, Answer = WaitingListEntry.State, WaitingListOffer.Answer


@dataclass(frozen=True, slots=True)
class Joined:
    """A family that waits. ``created`` is False where the same submission, or booking, had joined before."""

    entry: WaitingListEntry
    created: bool

    @property
    def link_token(self) -> str:
        """The secret of the private link."""
        return token_of(self.entry)


def token_of(entry: WaitingListEntry) -> str:
    """Return the secret of an entry's private link. Raises LookupError where the key that made it is retired."""
    return link_token_of(entry.public_id, entry.token_hash)


def find_entry(token: str) -> WaitingListEntry | None:
    """Return the entry whose private link carries this secret, or None."""
    entries = WaitingListEntry.objects.select_related("team", "booking").prefetch_related("venues")
    return entries.filter(token_hash=hash_link_token(token)).first()


def can_be_told(contact: Contact | Booking) -> bool:
    """Whether an offer can reach them in time: by email or text."""
    return bool(contact.email) or (contact.texts and is_mobile(contact.phone))


def join_waiting_list(
    *,
    venues: Sequence[Venue],
    weekdays: Sequence[int],
    parts: Sequence[str],
    people: Sequence[PersonDetails],
    contact: Contact,
    submission_id: uuid.UUID,
    by: User | None,
    source: str,
    at: datetime,
) -> Joined:
    """Put a family without times on the waiting list of the venues' team, for at most twelve weeks.

    ``weekdays`` (Monday is 0) and ``parts`` (codes of PARTS) are empty where any will do. ``submission_id`` names the
    submission: however often it comes, they wait once, for what it says last; once that wait is over, it begins
    another. Raises BookingRefused for a wrong number of people (``number_of_people``), for venues of none or of several
    teams (``venues``), and for a contact that no offer can reach in time (``no_contact``).
    """
    check_people(len(people))
    if not can_be_told(contact):
        raise BookingRefused(
            _("We can tell you about a time only by text message or email. Give a mobile number or an email address."),
            code="no_contact",
        )
    return _join(
        venues=venues,
        weekdays=weekdays,
        parts=parts,
        number=len(people),
        until=london_day(at) + LONGEST,
        submission_id=submission_id,
        by=by,
        source=source,
        at=at,
        people=[_person_as_json(person) for person in people],
        contact=asdict(contact),
    )


def wait_for_earlier(
    *,
    booking: Booking,
    venues: Sequence[Venue],
    weekdays: Sequence[int],
    parts: Sequence[str],
    submission_id: uuid.UUID,
    by: User | None,
    source: str,
    at: datetime,
) -> Joined:
    """Put the family of a booking on the list for times before their own; they keep theirs until they take others.

    Returns the entry they have where they wait already. Raises as ``join_waiting_list`` does, and BookingRefused
    (``past``) where none of their appointments is still to come.
    """
    coming = appointments_to_come(booking, at)
    if not coming:
        raise BookingRefused(_("This booking has no appointments to come."), code="past")
    if not can_be_told(booking):
        raise BookingRefused(
            _("We can tell you about a time only by text message or email. Add one of them to your booking first."),
            code="no_contact",
        )
    waiting = WaitingListEntry.objects.filter(booking=booking, state=State.WAITING).first()
    if waiting is not None:
        return Joined(waiting, created=False)
    return _join(
        venues=venues,
        weekdays=weekdays,
        parts=parts,
        number=len(coming),
        until=london_day(coming[0].starts_at),
        submission_id=submission_id,
        by=by,
        source=source,
        at=at,
        booking=booking,
    )


def _join(
    *,
    venues: Sequence[Venue],
    weekdays: Sequence[int],
    parts: Sequence[str],
    submission_id: uuid.UUID,
    by: User | None,
    source: str,
    at: datetime,
    booking: Booking | None = None,
    **details: Any,
) -> Joined:
    teams = {venue.team_id for venue in venues}
    if len(teams) != 1:
        raise BookingRefused(_("Choose at least one clinic."), code="venues")
    wanted = details | {
        "team_id": teams.pop(),
        "weekdays": sorted({day for day in weekdays if day in WEEKDAYS}),
        "parts": [part for part in PARTS if part in parts],
    }
    public_id = uuid.uuid4()
    try:
        with transaction.atomic():
            entry = WaitingListEntry.objects.create(
                public_id=public_id,
                booking=booking,
                token_hash=hash_link_token(link_token(public_id)),
                submission_id=submission_id,
                created_at=at,
                **wanted,
            )
            entry.venues.set(venues)
            _note(entry, "join_waiting_list", by=by, source=source, at=at)
    except IntegrityError:
        # The same submission, or the same booking from another window.
        same = WaitingListEntry.objects.filter(submission_id=submission_id).first()
        if same is None and booking is not None:
            same = WaitingListEntry.objects.filter(booking=booking, state=State.WAITING).first()
        if same is None:
            raise
        if booking is None and same.state in (State.STOPPED, State.ENDED):
            # They were on the list, and join once more with the same answers: a wait of its own, however often pressed.
            return _join(
                venues=venues,
                weekdays=weekdays,
                parts=parts,
                submission_id=uuid.uuid5(same.public_id, "again"),
                by=by,
                source=source,
                at=at,
                **details,
            )
        if booking is None:
            same = _change_wishes(same, venues, wanted, by=by, source=source, at=at)
        return Joined(same, created=False)
    return Joined(entry, created=True)


@transaction.atomic
def _change_wishes(
    entry: WaitingListEntry,
    venues: Sequence[Venue],
    wanted: dict[str, Any],
    *,
    by: User | None,
    source: str,
    at: datetime,
) -> WaitingListEntry:
    """Have a family wait for what it says now, in its old place on the list; what is offered for others is given back.

    The last day of the wait stays the first.
    """
    entry = lock_entry(entry)
    changed = [name for name in wanted if name != "until" and getattr(entry, name) != wanted[name]]
    moved = {venue.pk for venue in venues} != set(entry.venues.values_list("pk", flat=True))
    if entry.state != State.WAITING or not (changed or moved):
        return entry
    offer = open_offer(entry)
    if offer is not None and "people" in changed:
        close_offer(offer, Answer.WITHDRAWN, at=at)
    for name in changed:
        setattr(entry, name, wanted[name])
    entry.save(update_fields=changed)
    entry.venues.set(venues)
    _note(entry, "change_wait", by=by, source=source, at=at)
    return entry


@transaction.atomic
def stop_waiting(*, entry: WaitingListEntry, by: User | None, source: str, at: datetime) -> WaitingListEntry:
    """Take a family off the list, and give back what is being kept for it. Stopping twice changes nothing."""
    entry = lock_entry(entry)
    if entry.state == State.WAITING:
        offer = open_offer(entry)
        if offer is not None:
            close_offer(offer, Answer.WITHDRAWN, at=at)
        end_entry(entry, State.STOPPED, at=at)
        _note(entry, "stop_waiting", by=by, source=source, at=at)
    return entry


# --- shared by the modules of this room


def lock_entry(entry: WaitingListEntry) -> WaitingListEntry:
    """Read an entry again, and keep it so until this transaction ends. An entry is locked before its offers, and both
    before clinics, appointments and places.
    """
    return WaitingListEntry.objects.select_for_update(of=("self",)).select_related("booking", "team").get(pk=entry.pk)


def open_offer(entry: WaitingListEntry) -> WaitingListOffer | None:
    """Return the offer of a locked entry that nobody has answered, or None."""
    return entry.offers.filter(answer="").select_related("session__venue", "session__team").first()


def close_offer(offer: WaitingListOffer, answer: str, *, at: datetime) -> None:
    """Write down what became of an offer, and give back what is kept for it. Must run under the entry's lock."""
    offer.answer, offer.answered_at = answer, at
    offer.save(update_fields=["answer", "answered_at"])
    if answer != Answer.TAKEN:
        release_kept(holders=[offer.holder])


def end_entry(entry: WaitingListEntry, state: str, *, at: datetime, still_to_tell: bool = False) -> None:
    """End a locked entry, and forget what was typed for it: nothing needs it any more.

    Where they are ``still_to_tell``, how to reach them is kept for that, until ``forget_contacts``.
    """
    entry.state, entry.ended_at = state, at
    reach = {name: entry.contact[name] for name in REACH if name in entry.contact}
    entry.people, entry.contact = [], reach if still_to_tell else {}
    entry.save(update_fields=["state", "ended_at", "people", "contact", "booking"])


def end_after_three(entry: WaitingListEntry, offer: WaitingListOffer, *, at: datetime) -> None:
    """End a locked entry once three offers have gone by, the last of them ``offer``. One that was withdrawn does not
    count. Whoever let it run out is told: nobody has answered them yet.
    """
    if offers_gone_by(entry) < MOST_OFFERS:
        return
    lapsed = offer.answer == Answer.LAPSED
    if lapsed:
        owing.owe_wait_over(offer, at=at)
    end_entry(entry, State.ENDED, at=at, still_to_tell=lapsed)


def forget_contacts(*, at: datetime) -> int:
    """Forget how those were reached whose wait ended two days ago. Returns how many."""
    over = WaitingListEntry.objects.filter(state=State.ENDED, ended_at__lte=at - TOLD_WITHIN).exclude(contact={})
    return over.update(contact={})


def appointments_to_come(booking: Booking, at: datetime) -> list[Appointment]:
    """Return a booking's appointments that are still to come, as far as whoever booked is told; soonest first."""
    return all_to_come([booking.pk], at).get(booking.pk, [])


def all_to_come(bookings: Collection[int], at: datetime) -> dict[int, list[Appointment]]:
    """Return the same of many bookings, by their keys; those with none are not in it. At most two queries."""
    rows = (
        Appointment.objects.filter(booking__in=bookings, state=Appointment.State.BOOKED, starts_at__gt=at)
        .select_related("session", "booking", "person")
        .order_by("starts_at", "position")
    )
    found: dict[int, list[Appointment]] = defaultdict(list)
    for row in to_come_as_told(rows, at):
        found[row.booking_id].append(row)
    return dict(found)


def people_of(entry: WaitingListEntry) -> list[PersonDetails]:
    """Return who waits, as they were given."""
    known = {each.name for each in fields(PersonDetails)}
    return [
        PersonDetails(
            **{
                **{name: value for name, value in row.items() if name in known},
                "date_of_birth": date.fromisoformat(row["date_of_birth"]),
                "wanted": tuple(row.get("wanted", ())),
            }
        )
        for row in entry.people
    ]


def contact_of(entry: WaitingListEntry) -> Contact:
    """Return whom to tell, as they were given; of a booking, its contact as it is now."""
    booking = entry.booking
    if booking is not None:
        return Contact(
            name=booking.contact_name,
            phone=booking.phone,
            texts=booking.texts,
            email=booking.email,
            language=booking.language,
        )
    known = {each.name for each in fields(Contact)}
    return Contact(**{name: value for name, value in entry.contact.items() if name in known})


def wish_of(entry: WaitingListEntry, coming: Sequence[Appointment]) -> tuple[Wish, list[date]] | None:
    """Return what an entry waits for, with the birth dates; None where its booking has nothing to come any more, or
    somebody of it is there already.

    ``coming`` are the appointments to come of its booking, where it has one, soonest first.
    """
    before = None
    if entry.booking is not None:
        if not coming or any(each.visit_id is not None for each in coming):
            return None
        before = coming[0].starts_at
        needs = [Need(extra_time=each.extra_time) for each in coming]
        births = [each.date_of_birth for each in coming]
    else:
        people = people_of(entry)
        needs, births = needs_of(people), [person.date_of_birth for person in people]
    return Wish(needs, entry.weekdays, entry.parts, entry.until, before), births


def _person_as_json(person: PersonDetails) -> dict[str, Any]:
    return {**asdict(person), "date_of_birth": person.date_of_birth.isoformat(), "wanted": list(person.wanted)}


def _note(entry: WaitingListEntry, action: str, *, by: User | None, source: str, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        source=source,
        action=action,
        thing=entry,
        team=entry.team_id,
        after={"people": entry.number, "booking": str(entry.booking.public_id) if entry.booking else None},
    )
