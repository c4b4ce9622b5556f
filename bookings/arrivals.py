"""Booked people arrive: their appointment, the person they are, and the visit that begins."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Appointment
from bookings.policies import BookingRefused
from immunisations.actions import add_person, arrive, undo_arrival
from immunisations.matching import Details, Match, automatic_match, likely_matches
from immunisations.models import Person, Visit


class WhoIsThis(BookingRefused):
    """Somebody on record is like the person who arrived, and staff must say whether it is them.

    ``details["appointments"]`` names the appointments that are asked about, by public id.
    """

    code = "who_is_this"


def details_of(appointment: Appointment) -> Details:
    """Return what was typed about a booked person, for matching."""
    return Details(
        first_name=appointment.first_name,
        last_name=appointment.last_name,
        date_of_birth=appointment.date_of_birth,
        date_of_birth_is_approximate=appointment.date_of_birth_is_approximate,
        nhs_number=appointment.nhs_number,
        postcode=appointment.postcode,
    )


def matches_for(appointment: Appointment) -> list[Match]:
    """Return the team's people who may be the one who is booked, likeliest first."""
    return likely_matches(appointment.session.team, details_of(appointment))


@transaction.atomic
def check_in(
    *,
    appointments: Sequence[Appointment],
    people: Mapping[int, Person | None] | None = None,
    by: User | None,
    at: datetime,
    source: str = "staff",
) -> list[Visit]:
    """Note that these booked people have arrived, all of them or none, and return their visits in that order.

    ``people`` says who an appointment (by key) turned out to be: a Person that staff chose, or None for somebody new.
    One that it does not name is matched by the rule for matching without anybody looking; where nobody fits, and
    nobody on record is even like them, they are somebody new. A second press returns the visits that are there.

    Raises WhoIsThis where staff must look; BookingRefused ``not_expected`` for an appointment that is cancelled or
    was marked as missed, ``same_person`` where two appointments would be one person's; SessionNotOpen.
    """
    chosen = people or {}
    locked = {
        appointment.pk: appointment
        for appointment in Appointment.objects.filter(pk__in=[appointment.pk for appointment in appointments])
        .select_for_update(of=("self",))
        .select_related("session__team", "session__venue", "booking", "person", "visit__person", "visit__session")
        .order_by("id")
    }
    ordered = [locked[appointment.pk] for appointment in appointments]
    found: dict[int, Person | None] = {}
    unsure = []
    for appointment in ordered:
        if appointment.visit is not None:
            continue
        if appointment.state != Appointment.State.BOOKED:
            raise BookingRefused(
                _("%(name)s is not expected: the appointment is marked “%(state)s”.")
                % {"name": appointment.list_name, "state": appointment.get_state_display()},
                code="not_expected",
            )
        if appointment.pk in chosen:
            found[appointment.pk] = chosen[appointment.pk]
            continue
        person = appointment.person or automatic_match(appointment.session.team, details_of(appointment))
        if person is None and matches_for(appointment):
            unsure.append(appointment)
        found[appointment.pk] = person
    if unsure:
        raise WhoIsThis(
            _("Somebody like this is on record. Say whether it is them."),
            appointments=[str(appointment.public_id) for appointment in unsure],
        )
    return [
        appointment.visit or _begin(appointment, found[appointment.pk], by=by, at=at, source=source)
        for appointment in ordered
    ]


def _begin(appointment: Appointment, person: Person | None, *, by: User | None, at: datetime, source: str) -> Visit:
    if person is None:
        person = _new_person(appointment, by=by, at=at, source=source)
    visit = arrive(
        session=appointment.session,
        person=person,
        by=by,
        at=at,
        how=Visit.How.LIST if appointment.booking.how == "list" else Visit.How.BOOKED,
        accompanied_by=appointment.booking.contact_name,
        accompanied_as=appointment.booking.relationship,
        source=source,
    )
    if Appointment.objects.filter(visit=visit).exists():
        raise BookingRefused(
            _("%(name)s has already arrived on another appointment.") % {"name": visit.person.list_name},
            code="same_person",
        )
    appointment.person, appointment.visit = visit.person, visit
    appointment.save(update_fields=["person", "visit"])
    return visit


def _new_person(appointment: Appointment, *, by: User | None, at: datetime, source: str) -> Person:
    team, booking = appointment.session.team, appointment.booking
    # A number that somebody else has is not copied: staff said that this is another person, and will find out why.
    taken = Person.objects.filter(team=team, nhs_number=appointment.nhs_number).exists()
    return add_person(
        team=team,
        first_name=appointment.first_name,
        last_name=appointment.last_name,
        date_of_birth=appointment.date_of_birth,
        date_of_birth_is_approximate=appointment.date_of_birth_is_approximate,
        nhs_number="" if taken else appointment.nhs_number,
        postcode=appointment.postcode,
        no_fixed_abode=appointment.no_fixed_abode,
        phone=booking.phone,
        language=booking.spoken_language,
        interpreter_needed=booking.interpreter_needed,
        note=appointment.support_needs[:300],
        by=by,
        at=at,
        source=source,
    )


@transaction.atomic
def undo_check_in(*, appointment: Appointment, by: User | None, at: datetime, source: str = "staff") -> None:
    """Take back an arrival marked by mistake. Raises VisitRefused where something was recorded on the visit."""
    locked = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    visit = locked.visit
    if visit is None:
        return
    locked.visit = None
    locked.save(update_fields=["visit"])
    undo_arrival(visit=visit, by=by, at=at, source=source)
