"""One team with everything in it: each role, a clinic today, somebody booked, seen, checked and vaccinated."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.actions import issue_token
from accounts.models import ApiToken, AuditEvent, RecordView, Role, Team, User
from bookings.actions import answer_health_questions
from bookings.models import Appointment, Booking, Draft, DropInTicket, OpeningAlert, WaitingListOffer
from bookings.waiting_list.joining import join_waiting_list
from clinics.actions import receive_stock, take_stock
from clinics.models import Batch, ClinicSession, Venue
from clinics.times import london_day
from clinics.vaccines import Vaccine
from immunisations.actions import (
    FoundDose,
    Wanted,
    add_follow_up,
    add_person,
    arrive,
    judge_doses,
    mark_sent,
    record_check,
    record_consent,
    record_reaction,
    record_reading,
    record_screening,
    record_vaccination,
)
from immunisations.health_questions import QUESTIONS
from immunisations.models import DoseJudgement, Person, Practice, RecordCheck, RecordSent, Vaccination, Visit
from messaging import hearing
from messaging.models import Message
from tests.support.factories import book, child, contact, make_batch, make_session, make_team, make_user, make_venue


@dataclass
class World:
    """A team and one of everything that belongs to it. ``marker`` stands in every name of a person or a user."""

    marker: str
    team: Team
    users: dict[str, User]
    venue: Venue
    session: ClinicSession
    batch: Batch
    booking: Booking
    appointment: Appointment
    link_token: str
    draft: Draft
    person: Person
    other: Person
    visit: Visit
    check: RecordCheck
    judgement: DoseJudgement
    vaccination: Vaccination
    sent: RecordSent
    message: Message
    token: ApiToken
    audit: AuditEvent
    record_view: RecordView
    practice: Practice

    @property
    def words(self) -> list[str]:
        """What would give the team away on a page of another team's."""
        return [self.marker, self.venue.name, self.batch.number, self.team.name, self.booking.reference]


def make_world(marker: str, *, closed_list: bool = False) -> World:
    """Return a new team with everything in it, all names made of ``marker``."""
    now: datetime = timezone.now()
    team = make_team(f"{marker} team")
    users = {
        str(role): make_user(team, role, username=f"{marker}-{role}".lower(), last_name=marker) for role in Role.values
    }
    venue = make_venue(team, name=f"{marker} Hall")
    details: dict[str, Any] = {"date": london_day(now), "name": f"{marker} clinic"}
    if closed_list:
        details["who_may_book"] = ClinicSession.WhoMayBook.CLOSED_LIST
    earlier = now - timedelta(days=7)
    session = make_session(
        venue=venue, at=earlier, periods=[(time(8), time(20), 2)], vaccines=[Vaccine.MMR, Vaccine.MMRV], **details
    )
    batch = make_batch(team, number=f"{marker[:4].upper()}1", expires_on=date(2099, 1, 1))
    desk, nurse = users[Role.DESK], users[Role.VACCINATOR]
    made = book(session, child("Amina", marker), at=earlier, contact=contact(name=f"Sara {marker}"), by=desk)
    person = add_person(
        team=team, first_name="Bilal", last_name=marker, date_of_birth=date(2021, 2, 3), by=desk, at=earlier
    )
    visit = arrive(session=session, person=person, by=desk, at=now)
    check = record_check(
        source=RecordCheck.Source.RED_BOOK,
        outcome=RecordCheck.Outcome.DOSES_FOUND,
        finding=f"One MMR, says {marker}",
        doses=[FoundDose("MMR", "2022-03-01")],
        visit=visit,
        by=nurse,
        at=now,
    )
    record_consent(
        visit=visit,
        decision="given",
        route="parent_present",
        given_by_name=f"Sara {marker}",
        vaccines=["MMR"],
        by=nurse,
        at=now,
    )
    record_screening(
        visit=visit,
        answers={question.code: {"answer": "no"} for question in QUESTIONS},
        well_today=True,
        not_pregnant=None,
        identity_confirmed_by="Parent",
        by=nurse,
        at=now,
    )
    vaccination = record_vaccination(
        visit=visit, series="MEASLES", batch=batch, body_site="left_arm", by=nurse, at=now, override_reason="Agreed"
    )
    mark_sent(session=session, vaccinations=[vaccination.public_id], to="chis", by=users[Role.SENIOR_NURSE], at=now)
    receive_stock(batch=batch, doses=20, note=f"Delivery for {marker}", by=nurse, at=earlier)
    take_stock(session=session, counts={batch: 5}, by=nurse, at=now)
    record_reading(session=session, box=f"{marker} box", moment="start", celsius=Decimal("4.5"), by=nurse, at=now)
    record_reaction(
        vaccination=vaccination, kind="faint", began_at=now, actions=["watched"], note=marker, by=nurse, at=now
    )
    wanted = Wanted("phone", london_day(now), note=f"Call {marker}")
    add_follow_up(person=person, session=session, visit=visit, wanted=wanted, by=nurse, at=now)
    issue_token(user=nurse, by=None, at=now, source="command")
    add_those_to_come(marker, session, made.booking.appointments.get(), desk, at=earlier)
    secret = uuid.uuid4().hex
    return World(
        marker=marker,
        team=team,
        users=users,
        venue=venue,
        session=session,
        batch=batch,
        booking=made.booking,
        appointment=made.booking.appointments.get(),
        link_token=made.link_token or "",
        draft=Draft.objects.create(
            owner_hash=hashlib.sha256(secret.encode()).hexdigest(),
            created_at=now,
            updated_at=now,
            expires_at=now + timedelta(days=1),
        ),
        person=person,
        other=add_person(
            team=team, first_name="Chloe", last_name=marker, date_of_birth=date(2020, 5, 6), by=desk, at=earlier
        ),
        visit=visit,
        check=check,
        judgement=judge_doses(
            person=person,
            first=("MMR", date(2022, 3, 1)),
            second=("MMR", date(2022, 3, 4)),
            verdict="two_doses",
            reason=f"Two stamps, says {marker}",
            by=nurse,
            at=now,
        ),
        vaccination=vaccination,
        sent=RecordSent.objects.get(vaccination=vaccination),
        message=Message.objects.filter(team=team).order_by("id")[0],
        token=ApiToken.objects.get(user=nurse),
        audit=AuditEvent.objects.filter(team_id=team.pk).order_by("id")[0],
        record_view=RecordView.objects.create(
            at=now, user_id=nurse.pk, user_name=str(nurse), team_id=team.pk, person_id=person.public_id, page="person"
        ),
        practice=Practice.objects.get_or_create(ods_code="M81000", defaults={"name": "Riverside surgery"})[0],
    )


def add_those_to_come(
    marker: str, session: ClinicSession, appointment: Appointment, desk: User, *, at: datetime
) -> None:
    """Add what families did from home: health answers, a wait with an offer, a ticket, and what they want to hear."""
    answer_health_questions(
        appointment=appointment,
        answers={QUESTIONS[0].code: {"answer": "yes", "details": f"An inhaler, says {marker}"}},
        agrees=True,
        submission_id=uuid.uuid4(),
        by=None,
        source="website",
        at=at,
    )
    entry = join_waiting_list(
        venues=[session.venue],
        weekdays=[5],
        parts=["morning"],
        people=[child("Dina", marker)],
        contact=contact(name=f"Sara {marker}"),
        submission_id=uuid.uuid4(),
        by=desk,
        source="staff",
        at=at,
    ).entry
    # Rows alone, for what else only the worker or the clinic day makes.
    WaitingListOffer.objects.create(
        entry=entry,
        session=session,
        starts_at=appointment.starts_at,
        holder=uuid.uuid4(),
        made_at=at,
        expires_at=at + timedelta(hours=2),
        answer=WaitingListOffer.Answer.DECLINED,
        answered_at=at,
    )
    OpeningAlert.objects.create(
        token_hash=hashlib.sha256(marker.encode()).hexdigest(),
        place=f"{marker} village",
        latitude=52.1,
        longitude=-1.9,
        email=f"{marker}@example.com",
        session=session,
        created_at=at,
        ends_at=at + timedelta(days=60),
        told_at=at,
    )
    DropInTicket.objects.create(
        session=session,
        number=1,
        people=[{"first_name": "Elif", "last_name": marker, "date_of_birth": "2019-04-05"}],
        submission_id=uuid.uuid4(),
        taken_at=at,
        used_at=at,
    )
    address = f"{marker}-stopped@example.com"
    hearing.stop(team=session.team, channel="email", address=address, how="staff", by=desk, at=at, source="staff")
