"""From an appointment to a person's visit: matching those who arrive, and taking an arrival back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import User
from bookings.models import Appointment
from clinics.models import ClinicSession
from clinics.places import share_session
from immunisations import actions
from immunisations.matching import Details, Match, automatic_match, likely_matches
from immunisations.models import Person, Practice, Visit
from immunisations.people import row_ids
from immunisations.search import name_words, sounds_like
from nhsuk.forms.identifiers import compact


class ArrivalRefused(Refused):
    """Somebody cannot be marked as arrived like this."""

    code = "arrival_refused"


@dataclass(frozen=True)
class Undecided:
    """An appointment that may belong to somebody known: a person at the desk has to look."""

    appointment: Appointment
    matches: list[Match]


@dataclass
class Arrivals:
    """Who is here now, and whom somebody must first tell apart from people known."""

    visits: list[Visit] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)


def details_of(appointment: Appointment) -> Details:
    """Return what the booking says of the person, for matching."""
    return Details(
        first_name=appointment.first_name,
        last_name=appointment.last_name,
        date_of_birth=appointment.date_of_birth,
        date_of_birth_is_approximate=appointment.date_of_birth_is_approximate,
        nhs_number=appointment.nhs_number,
        postcode=appointment.postcode,
    )


def _expected(session: ClinicSession) -> models.QuerySet[Appointment]:
    return Appointment.objects.filter(session=session, visit__isnull=True).exclude(state=Appointment.State.CANCELLED)


def expected_appointment(session: ClinicSession, person: Person) -> Appointment | None:
    """Return the appointment of somebody who is picked out by name, so that nobody is both here and expected."""
    own = _expected(session).filter(person__in=row_ids(person)).first()
    if own is not None:
        return own
    for appointment in _expected(session).filter(person__isnull=True, date_of_birth=person.date_of_birth):
        match = automatic_match(session.team, details_of(appointment))
        if match is not None and match.pk == person.root_id:
            return appointment
    return None


def expected_like(session: ClinicSession, details: Details) -> list[Appointment]:
    """Return the appointments of the day that somebody who seems to have walked in may have."""
    first, last = name_words(details.first_name), name_words(details.last_name)
    return [
        appointment
        for appointment in _expected(session).filter(date_of_birth=details.date_of_birth).order_by("starts_at", "pk")
        if sounds_like(first, appointment.first_name, "") or (last and sounds_like(last, "", appointment.last_name))
    ]


@transaction.atomic
def arrive_appointments(
    *,
    session: ClinicSession,
    appointments: Sequence[Appointment],
    by: User,
    at: datetime,
    chosen: Mapping[int, Person | None] | None = None,
    arrived_at: Mapping[int, datetime] | None = None,
    source: str = "staff",
) -> Arrivals:
    """Mark people with appointments as arrived, each matched to a person of the team or added as a new one.

    Without anybody looking only where the strict rule fits exactly one; where people are like them, the appointment
    comes back undecided; where nobody is, they are added. ``chosen`` says who an appointment (by key) is: a person, or
    None for somebody new; ``arrived_at`` when whoever has an appointment came, ``at`` unless given, and on the clinic's
    day. Pressing twice changes nothing. Raises ArrivalRefused (``cancelled``) for a cancelled
    appointment.
    """
    chosen = chosen or {}
    # First the clinic, then its appointments: the order in which a clinic is cancelled, too.
    share_session(session)
    locked = list(
        Appointment.objects.select_for_update(of=("self",))
        .select_related("booking", "visit", "person__merged_into")
        .filter(session=session, pk__in=[appointment.pk for appointment in appointments])
        .order_by("pk")
    )
    arrivals = Arrivals()
    for appointment in locked:
        if appointment.visit is not None:
            arrivals.visits.append(appointment.visit)
            continue
        if appointment.state == Appointment.State.CANCELLED:
            raise ArrivalRefused(_("This appointment is cancelled. Add them as a walk-in."), code="cancelled")
        details = details_of(appointment)
        person = appointment.person
        if appointment.pk in chosen:
            person = chosen[appointment.pk] or _add(appointment, by=by, at=at, source=source)
        elif person is None:
            person = automatic_match(session.team, details)
            if person is None:
                matches = likely_matches(session.team, details)
                if matches:
                    arrivals.undecided.append(Undecided(appointment, matches))
                    continue
                person = _add(appointment, by=by, at=at, source=source)
        came = (arrived_at or {}).get(appointment.pk)
        arrivals.visits.append(_arrive(appointment, person, by=by, at=at, source=source, arrived_at=came))
    return arrivals


# As the booking asked it, as the record keeps it.
REGISTERED: dict[str, str] = {
    Appointment.GpRegistered.YES: Person.GPRegistration.REGISTERED,
    Appointment.GpRegistered.NO: Person.GPRegistration.NONE,
}


def practice_of(appointment: Appointment) -> Practice | None:
    """Return the practice that the contact named, by its name or postcode, if exactly one fits."""
    typed = " ".join(appointment.gp_surgery.split())
    if not typed:
        return None
    postcode = compact(typed)
    named = Practice.objects.filter(
        Q(name__iexact=typed) | Q(postcode__iexact=f"{postcode[:-3]} {postcode[-3:]}") | Q(postcode__iexact=postcode)
    )
    found = list(named[:2])
    return found[0] if len(found) == 1 else None


def _add(appointment: Appointment, *, by: User, at: datetime, source: str) -> Person:
    """Add the person as the booking describes them. An NHS number that somebody else has stays with them."""
    booking = appointment.booking
    taken = Person.objects.filter(team=booking.team_id, nhs_number=appointment.nhs_number).exists()
    return actions.add_person(
        team=booking.team,
        first_name=appointment.first_name,
        last_name=appointment.last_name,
        date_of_birth=appointment.date_of_birth,
        date_of_birth_is_approximate=appointment.date_of_birth_is_approximate,
        nhs_number="" if taken else appointment.nhs_number,
        address=appointment.address,
        postcode=appointment.postcode,
        no_fixed_abode=appointment.no_fixed_abode,
        gp_registration=REGISTERED.get(appointment.gp_registered, Person.GPRegistration.UNKNOWN),
        practice=practice_of(appointment),
        phone=booking.phone,
        language=booking.spoken_language,
        interpreter_needed=booking.interpreter_needed,
        by=by,
        at=at,
        source=source,
    )


def link(appointment: Appointment, visit: Visit, *, by: User | None, at: datetime, source: str) -> None:
    """Note on a locked appointment whose it is and that they are here. Must run in the caller's transaction."""
    before = appointment.state
    appointment.person = visit.person
    appointment.visit = visit
    # Marked as not attending too soon: they are here.
    appointment.state = Appointment.State.BOOKED
    appointment.version += before != Appointment.State.BOOKED
    appointment.save(update_fields=["person", "visit", "state", "version"])
    audit.record(
        by=by,
        at=at,
        source=source,
        action="match_appointment",
        thing=appointment,
        team=visit.session.team_id,
        person_id=visit.person.public_id,
        before={"state": str(before)},
    )


def _arrive(
    appointment: Appointment,
    person: Person,
    *,
    by: User,
    at: datetime,
    source: str,
    arrived_at: datetime | None = None,
) -> Visit:
    visit = actions.arrive(
        session=appointment.session,
        person=person,
        how=Visit.How.BOOKED,
        accompanied_by=appointment.booking.contact_name,
        accompanied_as=appointment.booking.relationship,
        arrived_at=arrived_at,
        by=by,
        at=at,
        source=source,
    )
    other = Appointment.objects.filter(visit=visit).exclude(pk=appointment.pk).first()
    if other is not None:
        raise ArrivalRefused(
            _("%(name)s has arrived already, for the appointment of %(other)s. They cannot be two people.")
            % {"name": person.list_name, "other": other.list_name},
            code="person_arrived",
        )
    link(appointment, visit, by=by, at=at, source=source)
    return visit


@transaction.atomic
def undo_arrival(*, visit: Visit, by: User, at: datetime, source: str = "staff") -> None:
    """Take an arrival back: the appointment is expected again. Raises VisitRefused once anything was recorded, and
    SessionNotOpen once the clinic is closed off or cancelled.
    """
    # First the clinic, then its appointments, as on arriving.
    share_session(visit.session)
    appointment = Appointment.objects.select_for_update(of=("self",)).filter(visit=visit).first()
    if appointment is not None:
        appointment.visit = None
        typed = (appointment.first_name, appointment.last_name, appointment.date_of_birth)
        if typed != (visit.person.first_name, visit.person.last_name, visit.person.date_of_birth):
            # Whom they were matched to may have been the slip.
            appointment.person = None
        appointment.save(update_fields=["visit", "person"])
    actions.undo_arrival(visit=visit, by=by, at=at, source=source)
