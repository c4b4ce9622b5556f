"""How the people of the demonstration come to a clinic: families book and arrive, or walk in."""

import uuid
from datetime import datetime, time, timedelta

from bookings.actions import PersonDetails, cancel_appointments, make_booking
from bookings.arrivals import arrive_appointments
from bookings.demo.people import Family, Somebody, born
from bookings.demo.record import live_the_day
from bookings.demo.stage import SOURCE, Stage
from bookings.details import Contact
from bookings.models import Appointment, Booking
from clinics.actions import wall_time
from clinics.models import ClinicSession, Place
from immunisations.actions import add_person, arrive
from immunisations.models import Person, Practice, Visit


def bring_family(stage: Stage, session: ClinicSession, family: Family) -> None:
    """Let a family come to a clinic, with a booking of last week's or without one, and live their day."""
    if family.contact is None:
        for somebody in family.people:
            live_the_day(stage, _walk_in(stage, session, family, somebody), somebody, session)
        return
    booking = book(stage, session, family, at=wall_time(session.date - timedelta(days=6), time(19, 30)))
    for appointment, somebody in zip(booking.appointments.order_by("position"), family.people, strict=True):
        if somebody.then == "cancelled":
            cancel_appointments(
                booking=booking,
                appointments=[appointment],
                by=None,
                source="public",
                at=wall_time(session.date - timedelta(days=1), time(8)),
            )
        elif somebody.then not in ("expected", "missed"):
            person = _person(stage, session, somebody, family)
            at = stage.moment(session, appointment.starts_at - timedelta(minutes=8))
            arrivals = arrive_appointments(
                session=session,
                appointments=[appointment],
                chosen={appointment.pk: person},
                by=stage.nurse,
                at=at,
                source=SOURCE,
            )
            visit = arrivals.visits[0]
            live_the_day(stage, visit, somebody, session)
        elif somebody.known:
            _person(stage, session, somebody, family)


def book(stage: Stage, session: ClinicSession, family: Family, *, at: datetime) -> Booking:
    """Book for a family as the public does, at the time of day they like."""
    starts = list(
        Place.objects.filter(session=session).order_by("starts_at").values_list("starts_at", flat=True).distinct()
    )
    details = [_details(stage, session, somebody) for somebody in family.people]
    wanted = starts[min(family.slot, len(starts) - 3)]
    contact = family.contact or Contact(name="A parent", relationship="Mother")
    made = make_booking(
        session=session,
        people=details,
        contact=contact,
        starts_at=wanted,
        submission_id=uuid.uuid4(),
        how=Booking.How.WEB,
        by=None,
        source=SOURCE,
        at=at,
    )
    return made.booking


def _details(stage: Stage, session: ClinicSession, somebody: Somebody) -> PersonDetails:
    return PersonDetails(
        first_name=somebody.first_name,
        last_name=somebody.last_name,
        date_of_birth=born(session.date, somebody.age),
        nhs_number=_number(stage, somebody),
        postcode=somebody.postcode,
        no_fixed_abode=somebody.no_fixed_abode,
        extra_time=somebody.extra_time,
        gelatine_free=somebody.gelatine_free,
        support_needs=somebody.support_needs,
    )


def _number(stage: Stage, somebody: Somebody) -> str:
    return stage.next_number() if somebody.nhs_number else ""


def _person(stage: Stage, session: ClinicSession, somebody: Somebody, family: Family) -> Person:
    appointment = Appointment.objects.filter(
        session=session, first_name=somebody.first_name, last_name=somebody.last_name
    ).last()
    number = appointment.nhs_number if appointment else _number(stage, somebody)
    return add_person(
        team=stage.team,
        first_name=somebody.first_name,
        last_name=somebody.last_name,
        date_of_birth=born(session.date, somebody.age),
        sex=somebody.sex,
        nhs_number=number,
        postcode=somebody.postcode,
        no_fixed_abode=somebody.no_fixed_abode,
        note=somebody.support_needs,
        language=family.contact.spoken_language if family.contact else family.language,
        interpreter_needed=bool(family.contact and family.contact.interpreter_needed),
        phone=family.contact.phone if family.contact else "",
        practice=Practice.objects.filter(ods_code="M81001").first() if number else None,
        gp_registration=Person.GPRegistration.REGISTERED if number else Person.GPRegistration.UNKNOWN,
        by=stage.nurse,
        at=stage.moment(session, wall_time(session.date, time(9))),
        source=SOURCE,
    )


def _walk_in(stage: Stage, session: ClinicSession, family: Family, somebody: Somebody) -> Visit:
    at = stage.moment(session, wall_time(session.date, time(9, 20)) + timedelta(minutes=5 * len(family.people)))
    how = Visit.How.LIST if session.who_may_book == ClinicSession.WhoMayBook.CLOSED_LIST else Visit.How.WALK_IN
    return arrive(
        session=session,
        person=_person(stage, session, somebody, family),
        by=stage.nurse,
        at=at,
        how=how,
        accompanied_by=family.accompanied_by,
        accompanied_as=family.accompanied_as,
        source=SOURCE,
    )
