"""The worker's part: it finds, for each family that waits, the first free times that fit, and keeps them for it.

A pass looks at what is free at that moment, whatever freed it: a cancellation, a change, a hold that ran out, more
vaccinators. It remembers nothing, so it can end and begin again anywhere. Families are asked about in the order in
which they joined; one that fits nowhere holds up nobody behind it. Of two passes at once the later waits at each family
until the earlier has done with it, and then finds it has an offer: none is offered the same places.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts import audit
from bookings import gelatine, owing
from bookings.ages import too_young
from bookings.details import Contact
from bookings.models import Appointment, Booking, WaitingListEntry, WaitingListOffer
from bookings.privacy import booked_for_themselves, is_for_themselves
from bookings.waiting_list import joining
from bookings.waiting_list.hours import LAST_HOUR, is_daytime, kept_until
from bookings.waiting_list.joining import Answer, State
from bookings.waiting_list.wishes import Wish, part_of
from clinics import places
from clinics.models import ClinicSession, Place, Reservation
from clinics.places import Need, NotTakingBookings, TimesTaken, TooBusy
from clinics.queries import places_free, to_come
from clinics.runs import Grid
from clinics.times import LONDON, london_day

# Somebody else may be quicker; the family is tried again with what is left.
TRIES = 3


def offer_times(*, at: datetime) -> int:
    """Make one pass over everybody who waits. Returns how many offers were made; none by night.

    Any number of passes may run at once, and one that is killed leaves nothing half done: each family is a transaction
    of its own.
    """
    close_what_is_over(at=at)
    keep_for_drop_ins(at=at)
    if not is_daytime(at):
        return 0
    return _Pass(at).run()


class _Pass:
    """One look at everybody who waits, with what is free at each clinic read at most once between two offers."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.sessions: dict[int, list[ClinicSession]] = defaultdict(list)
        self.grids: dict[int, Grid] = {}
        self.ages: dict[tuple[int, date], bool] = {}
        self.promises: dict[tuple[int, tuple[gelatine.Wish, ...]], bool] = {}
        # By the key of their booking.
        self.coming: dict[int, list[Appointment]] = {}

    def run(self) -> int:
        waiting = _waiting()
        if not waiting:
            return 0
        venues = {venue.pk for entry in waiting for venue in entry.venues.all()}
        bookable = to_come(ClinicSession.objects.bookable(london_day(self.at)), self.at).filter(
            Exists(places_free(OuterRef("pk"), self.at)), venue__in=venues
        )
        for session in bookable.select_related("team", "venue").prefetch_related("offers").order_by("date", "pk"):
            self.sessions[session.venue_id].append(session)
        if not self.sessions:
            return 0
        booked = [entry.booking_id for entry in waiting if entry.booking_id is not None]
        self.coming = joining.all_to_come(booked, self.at) if booked else {}
        done = _booked_since(waiting, self.at)
        return sum(self.offer(entry) for entry in waiting if entry.pk not in done)

    def offer(self, entry: WaitingListEntry) -> bool:
        """Keep the first times that fit an entry, if there are any. Returns whether it has an offer now."""
        for _try in range(TRIES):
            found = self.first_fit(entry)
            if found is None:
                return False
            session, wish, starts_at = found
            # Whatever came of it, these places are to be looked at again.
            self.grids.pop(session.pk, None)
            try:
                if make_offer(entry=entry, session=session, needs=wish.needs, starts_at=starts_at, at=self.at):
                    return True
            except TimesTaken:
                continue
            except (NotTakingBookings, TooBusy):
                pass
            return False
        return False

    def first_fit(self, entry: WaitingListEntry) -> tuple[ClinicSession, Wish, datetime] | None:
        """Return the soonest clinic and time that an entry fits, as far as can be seen without locks."""
        wanted = joining.wish_of(entry, self.coming.get(entry.booking_id or 0, []))
        if wanted is None:
            return None
        wish, births = wanted
        passed: dict[int, set[str]] = defaultdict(set)
        for offer in entry.offers.all():
            passed[offer.session_id].add(part_of(offer.starts_at))
        sessions = [session for venue in entry.venues.all() for session in self.sessions[venue.pk]]
        for session in sorted(sessions, key=lambda each: (each.date, each.pk)):
            if not wish.wants_day(session.date) or not self.old_enough(session, births):
                continue
            run = wish.first_fit(
                self.grid(session).runs(wish.needs), not_before=self.at + LAST_HOUR, not_in=passed[session.pk]
            )
            if run is not None and self.can_promise(session, entry):
                return session, wish, run.starts_at
        return None

    def can_promise(self, session: ClinicSession, entry: WaitingListEntry) -> bool:
        """Whether everybody who wants a vaccine without gelatine can be promised one there: else nobody could take it.

        Whoever has times at that clinic has been promised it.
        """
        wishes: list[gelatine.Wish]
        if entry.booking_id is not None:
            coming = self.coming.get(entry.booking_id, [])
            wishes = [
                gelatine.Wish(each.date_of_birth, tuple(each.wanted))
                for each in coming
                if each.gelatine_free and each.session_id != session.pk
            ]
        else:
            people = joining.people_of(entry)
            wishes = [gelatine.Wish(each.date_of_birth, each.wanted) for each in people if each.gelatine_free]
        if not wishes:
            return True
        asked = (session.pk, tuple(wishes))
        if asked not in self.promises:
            self.promises[asked] = gelatine.can_promise(session, wishes, at=self.at)
        return self.promises[asked]

    def grid(self, session: ClinicSession) -> Grid:
        """Return what is free at a clinic, as this pass last saw it."""
        if session.pk not in self.grids:
            self.grids[session.pk] = places.free_grid(session=session, at=self.at)
        return self.grids[session.pk]

    def old_enough(self, session: ClinicSession, births: list[date]) -> bool:
        """Whether the clinic has something for everybody."""
        unknown = [born for born in births if (session.pk, born) not in self.ages]
        for born, later in zip(unknown, too_young(session, unknown), strict=True):
            self.ages[session.pk, born] = later is None
        return all(self.ages[session.pk, born] for born in births)


def _waiting() -> list[WaitingListEntry]:
    """Return those who wait without an offer, longest first, with what a pass looks at: four queries."""
    open_offers = WaitingListOffer.objects.filter(entry=OuterRef("pk"), answer="")
    entries = WaitingListEntry.objects.filter(~Exists(open_offers), state=State.WAITING)
    return list(entries.select_related("booking").prefetch_related("venues", "offers").order_by("pk"))


@transaction.atomic
def make_offer(
    *, entry: WaitingListEntry, session: ClinicSession, needs: Sequence[Need], starts_at: datetime, at: datetime
) -> WaitingListOffer | None:
    """Keep times for a family and owe it the message. None where it no longer waits, or has an offer already.

    Raises what ``take_places`` raises.
    """
    entry = joining.lock_entry(entry)
    if entry.state != State.WAITING or joining.open_offer(entry) is not None:
        return None
    if Booking.objects.filter(submission_id=entry.submission_id).exists():
        joining.end_entry(entry, State.BOOKED, at=at)
        return None
    if _booked_since([entry], at):
        return None
    offer = WaitingListOffer(
        entry=entry,
        session=session,
        holder=uuid.uuid4(),
        starts_at=starts_at,
        made_at=at,
        expires_at=kept_until(at, starts_at),
    )
    places.take_places(
        session=session,
        needs=needs,
        starts_at=starts_at,
        kind=Reservation.Kind.OFFER,
        holder=offer.holder,
        expires_at=offer.expires_at,
        at=at,
    )
    offer.save()
    owing.owe_offer(offer, at=at)
    audit.record(
        by=None,
        at=at,
        source="worker",
        action="offer_times",
        thing=offer,
        team=entry.team_id,
        after={
            "entry": str(entry.public_id),
            "session": str(session.public_id),
            "starts_at": starts_at.isoformat(),
            "expires_at": offer.expires_at.isoformat(),
        },
    )
    return offer


def _booked_since(entries: Sequence[WaitingListEntry], at: datetime) -> set[int]:
    """Return the keys of those entries without a booking whose people all have times since, with the same contact.

    They are offered nothing while they do, and it ends no wait: whoever holds the link would learn from that who has
    booked. What somebody booked for themselves is nothing to whoever waits for them. One query.
    """
    families = {
        entry.pk: (entry, joining.contact_of(entry), joining.people_of(entry))
        for entry in entries
        if entry.booking_id is None
    }
    births = {person.date_of_birth for _entry, _contact, people in families.values() for person in people}
    booked: dict[tuple[int, date, str], list[Appointment]] = defaultdict(list)
    if births:
        # Through the clinics to come, which are few: what is past is not read, however much of it there is.
        rows = Appointment.objects.filter(
            session__team__in={entry.team_id for entry, _contact, _people in families.values()},
            session__date__gte=london_day(at),
            state=Appointment.State.BOOKED,
            starts_at__gt=at,
            date_of_birth__in=births,
        ).select_related("booking")
        for row in rows:
            booked[row.booking.team_id, row.date_of_birth, row.first_name.casefold()].append(row)
    return {
        key
        for key, (entry, contact, people) in families.items()
        if people
        and all(
            any(
                _is_theirs(contact, each)
                for each in booked[entry.team_id, person.date_of_birth, person.first_name.casefold()]
            )
            for person in people
        )
    }


def _is_theirs(contact: Contact, appointment: Appointment) -> bool:
    """Whether an appointment was booked by the same contact."""
    booking = appointment.booking
    same = bool(contact.email) and contact.email.casefold() == booking.email.casefold()
    same |= bool(contact.phone) and contact.phone == booking.phone
    return same and (is_for_themselves(contact.relationship) or not booked_for_themselves(appointment))


def close_what_is_over(*, at: datetime) -> None:
    """Close offers that nobody answered in time or whose clinic no longer takes bookings, and end waits without use."""
    still_open = WaitingListOffer.objects.filter(answer="")
    published = Q(session__state=ClinicSession.State.PUBLISHED)
    for offer in still_open.filter(Q(expires_at__lte=at) | ~published).select_related("entry"):
        _close(offer, at=at)
    waiting = WaitingListEntry.objects.filter(state=State.WAITING)
    coming = Appointment.objects.filter(
        booking=OuterRef("booking"), state=Appointment.State.BOOKED, starts_at__gt=at, visit__isnull=True
    )
    past = Q(until__lt=london_day(at)) | Q(Q(booking__isnull=False) & ~Exists(coming))
    for entry in waiting.filter(past):
        _end_without_use(entry, at=at)


@transaction.atomic
def _close(offer: WaitingListOffer, *, at: datetime) -> None:
    entry = joining.lock_entry(offer.entry)
    now = joining.open_offer(entry)
    if now is None or now.pk != offer.pk:
        return
    if now.session.state != ClinicSession.State.PUBLISHED:
        joining.close_offer(now, Answer.WITHDRAWN, at=at)
    elif now.expires_at <= at:
        joining.close_offer(now, Answer.LAPSED, at=at)
        joining.end_after_three(entry, now, at=at)


@transaction.atomic
def _end_without_use(entry: WaitingListEntry, *, at: datetime) -> None:
    entry = joining.lock_entry(entry)
    if entry.state != State.WAITING:
        return
    if entry.until >= london_day(at) and entry.booking and joining.appointments_to_come(entry.booking, at):
        # Somebody came before their time, and whoever booked is not told: until then nothing changes.
        return
    now = joining.open_offer(entry)
    if now is not None:
        joining.close_offer(now, Answer.WITHDRAWN, at=at)
    joining.end_entry(entry, State.ENDED, at=at)


@transaction.atomic
def keep_for_drop_ins(*, at: datetime) -> int:
    """Keep for whoever drops in what is free in the coming hour, at clinics whose drop-in is open then.

    From then on nobody can book these places. Returns how many there are.
    """
    soon = at + LAST_HOUR
    sessions = ClinicSession.objects.filter(
        state=ClinicSession.State.PUBLISHED, date=london_day(at), drop_in_from__isnull=False
    )
    kept = 0
    for session in sessions:
        free = places_free(session, at).filter(starts_at__lt=soon)
        # Whoever is just booking one has it locked: it is theirs, and is passed over.
        locked = list(
            free.order_by("id").select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)
        )
        # Read again under the lock, as places are taken.
        rows = free.filter(pk__in=locked).values_list("pk", "starts_at")
        still = [pk for pk, starts_at in rows if _drops_in(session, starts_at)]
        kept += Place.objects.filter(pk__in=still).update(kept_for=Place.KeptFor.DROP_IN)
    return kept


def _drops_in(session: ClinicSession, starts_at: datetime) -> bool:
    opens, closes = session.drop_in_from, session.drop_in_until
    return opens is not None and closes is not None and opens <= starts_at.astimezone(LONDON).time() < closes
