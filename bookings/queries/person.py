"""What the page of one person shows."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import BigIntegerField
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from accounts.recurring import Recurring
from bookings.models import Appointment
from bookings.privacy import private_people
from bookings.queries.home_answers import HomeAnswers, home_answers_of
from bookings.queries.rows import DayRow, Flag, flags_of, root_of, said_when_booking
from bookings.queries.timeline import TimelineDose, rule_source, timeline_dose
from clinics.models import ClinicSession
from clinics.vaccines import Series, Vaccine, series_of
from immunisations.ages import age_in_words
from immunisations.models import Consent, Person, RecordCheck, Screening, Vaccination, Visit
from immunisations.outcomes import COLOURS, Outcome, Recorded, outcome_of
from immunisations.people import OfPerson, row_ids
from immunisations.policies import (
    agreed_to,
    asked_again_because,
    dose_number_of,
    screening_for,
    stops_by_disagreement,
)
from immunisations.queries import (
    CheckRound,
    DoseQuestion,
    Forecast,
    Lasting,
    LastingFact,
    VisitRecord,
    check_rounds,
    dose_questions,
    facts_for,
    forecast_for,
    history,
    record_checks,
    rule_behind,
    still_due,
    vaccination_rows,
    visit_record,
)
from immunisations.schedule import SeriesForecast

STATUS_WORDS: dict[str, tuple[str | Promise, str]] = {
    "due": (gettext_lazy("Due today"), "blue"),
    "overdue": (gettext_lazy("Due today"), "blue"),
    "complete": (gettext_lazy("Complete"), "green"),
    "not_yet": (gettext_lazy("Not yet"), "grey"),
    "not_needed": (gettext_lazy("Not needed"), "grey"),
    "too_old": (gettext_lazy("Not for this age"), "grey"),
    "blocked": (gettext_lazy("Do not give"), "red"),
    "ask": (gettext_lazy("Cannot say: ask a nurse"), "orange"),
}


@dataclass(frozen=True)
class DueCard:
    """One series on the person's page: where it stands, why, and what can be done about it here."""

    result: SeriesForecast
    offered: bool
    recorded: Vaccination | None

    @property
    def name(self) -> str | Promise:
        return Series(self.result.series).label

    @property
    def vaccine_name(self) -> str | Promise:
        return Vaccine(self.result.vaccine).label if self.result.vaccine else self.name

    @property
    def status_words(self) -> str | Promise:
        if self.recorded is not None:
            return self.recorded.get_status_display()
        return gettext("Must wait") if self.waits else STATUS_WORDS[self.result.status][0]

    @property
    def colour(self) -> str:
        if self.recorded is not None:
            return "green" if self.recorded.status == Vaccination.Status.COMPLETED else "orange"
        return "orange" if self.waits else STATUS_WORDS[self.result.status][1]

    @property
    def waits(self) -> bool:
        """Whether it is due and waits all the same: for another live vaccine, as the reason says."""
        return self.result.status in ("due", "overdue") and bool(self.result.notes)

    @property
    def source(self) -> str:
        return rule_source(self.result)

    @property
    def to_give(self) -> bool:
        """Whether giving it is the thing to do, rather than something to be done against advice."""
        if self.waits:
            return False
        return self.result.status in ("due", "overdue", "ask") or self.result.counts_if_given is False

    @property
    def rule_text(self) -> str:
        rule = rule_behind(self.result)
        return rule.text if rule else ""


@dataclass
class PersonPage:
    """Everything on a person's page at one clinic."""

    person: Person
    rows: list[int]
    session: ClinicSession
    visit: Visit | None
    appointment: Appointment | None
    family: list[DayRow]
    checks: list[RecordCheck]
    timeline: list[TimelineDose]
    outlook: Forecast
    cards: list[DueCard]
    record: VisitRecord | None
    due: list[SeriesForecast]
    history_rows: list[Vaccination]
    today: date
    # What the forecast took into account, and the day it is for: the clinic's for somebody who came, else today.
    facts: set[str]
    on: date
    # What was confirmed for life, at any clinic.
    lasting: list[LastingFact]
    # Whether they asked, as a young person, that parents are not told.
    private: bool

    @property
    def age(self) -> str:
        return age_in_words(self.person.date_of_birth, self.today)

    @property
    def check_rounds(self) -> list[CheckRound]:
        return check_rounds(self.checks)

    @property
    def questions(self) -> list[DoseQuestion]:
        """The entries that may be one dose written twice, and that nobody has decided about."""
        return dose_questions([entry.dose for entry in self.timeline])

    @property
    def has_judgements(self) -> bool:
        return any(entry.dose.judgements for entry in self.timeline)

    @property
    def flags(self) -> list[Flag]:
        return flags_of(self.appointment, self.person, private=self.private)

    @property
    def said_when_booking(self) -> list[str]:
        """Home and GP surgery as the booking says them: the record may be older."""
        return said_when_booking(self.appointment)

    @cached_property
    def home_answers(self) -> HomeAnswers | None:
        """What the family answered at home to the health questions, if they did; read only where it is shown."""
        return home_answers_of(self.appointment)

    @property
    def gelatine_free(self) -> bool:
        return bool(self.appointment and self.appointment.gelatine_free)

    @property
    def outcome(self) -> Outcome | None:
        if self.visit is None or self.record is None:
            return None
        return outcome_of(
            self.visit, [Recorded(row.status, row.not_done_reason) for row in self.record.recorded.values()]
        )

    @property
    def outcome_colour(self) -> str:
        return COLOURS[self.outcome] if self.outcome else "grey"

    @property
    def checked_today(self) -> bool:
        return bool(self.record and self.record.checks)

    @property
    def consents(self) -> list[Consent]:
        """What was said about vaccines on this visit, oldest first."""
        return self.record.consents if self.record else []

    @property
    def screenings(self) -> list[Screening]:
        """The answers to the health questions on this visit, oldest first."""
        return self.record.screenings if self.record else []

    def dose_number(self, vaccine: str) -> int | None:
        """Which dose of its series a vaccine would be."""
        return dose_number_of(self.outlook.of(series_of(vaccine)))

    def screened_for(self, vaccine: str) -> bool:
        """Whether the health questions were asked for a vaccine."""
        return screening_for(self.screenings, vaccine) is not None

    def consent_given(self, vaccine: str) -> bool:
        """Whether the latest word on a vaccine is yes, and about the dose that it would be."""
        return agreed_to(self.consents, vaccine, self.dose_number(vaccine))

    def cleared(self, vaccine: str) -> bool:
        """Whether consent and health questions are done for a vaccine."""
        return self.consent_given(vaccine) and self.screened_for(vaccine)

    @property
    def vaccines_to_ask(self) -> list[str]:
        """The vaccines that are due here and that nobody was asked about yet, or that must be asked about again."""
        if self.record is None:
            return []
        return [
            code
            for code in self.vaccines_due
            if self.record.consent_for(code) is None or asked_again_because(self.consents, code, self.dose_number(code))
        ]

    @property
    def vaccines_to_screen(self) -> list[str]:
        """The vaccines that are due here, that nobody refused, and that the health questions were not asked for."""
        return [
            code
            for code in self.vaccines_due
            if not self.screened_for(code) and (code in self.vaccines_to_ask or self.consent_given(code))
        ]

    @property
    def vaccines_to_screen_again(self) -> list[str]:
        """The vaccines that the health questions were asked for and that were not given since: asked again where an
        answer was a slip, or has changed.
        """
        given = {series for series, row in self.record.recorded.items() if row.is_given} if self.record else set()
        return [
            code for code in self.session.vaccine_codes() if self.screened_for(code) and series_of(code) not in given
        ]

    @property
    def disagreements(self) -> list[tuple[str, Consent]]:
        """The vaccines that are due here and about which those with parental responsibility disagree."""
        found = [(code, stops_by_disagreement(self.consents, code)) for code in self.vaccines_due]
        return [(code, consent) for code, consent in found if consent is not None]

    @property
    def vaccines_due(self) -> list[str]:
        """The vaccines to offer today, one a series: the schedule's choice where the clinic has it."""
        return [vaccine_to_offer(result, self.session) for result in self.due]

    @property
    def ready(self) -> bool:
        """Whether consent and health questions are done for something that is due."""
        return any(self.cleared(code) for code in self.vaccines_due)

    @property
    def needs_consent(self) -> bool:
        return bool(self.vaccines_to_ask or self.vaccines_to_screen)


def vaccine_to_offer(result: SeriesForecast, session: ClinicSession) -> str:
    """Return the vaccine that the clinic can offer for a series: the schedule's choice, else another it has."""
    offered = [code for code in session.vaccine_codes() if series_of(code) == result.series]
    if result.vaccine is None or (offered and result.vaccine not in offered):
        return offered[0]
    return result.vaccine


_VISITS: OfPerson[Visit] = OfPerson(
    lambda theirs, session: Visit.objects.filter(theirs, session=session).select_related(
        "person", "session__venue", "started_by"
    ),
    session=BigIntegerField(),
)
_APPOINTMENTS: OfPerson[Appointment] = OfPerson(
    lambda theirs, session: (
        Appointment.objects.filter(theirs, session=session)
        .exclude(state=Appointment.State.CANCELLED)
        .select_related("booking")
    ),
    session=BigIntegerField(),
)
_TOGETHER: Recurring[Appointment] = Recurring(
    lambda booking: (
        Appointment.objects.filter(booking=booking)
        .exclude(state=Appointment.State.CANCELLED)
        .select_related("booking", "person__merged_into", "visit__started_by")
    ),
    booking=BigIntegerField(),
)


def person_page(session: ClinicSession, person: Person, *, today: date) -> PersonPage:
    """Return everything that a person's page shows, read through every row of the person."""
    root = person.merged_into or person
    ids = row_ids(root)
    visit = next(iter(_VISITS.all(ids, session=session.pk)), None)
    appointment = next(iter(_APPOINTMENTS.all(ids, session=session.pk)), None)
    family: list[DayRow] = []
    if appointment is not None:
        together = _TOGETHER.all(booking=appointment.booking_id)
        family = _siblings([each for each in together if each.pk != appointment.pk], today)
    private = private_people({root.pk, *(row.person.pk for row in family if row.person)})
    for row in family:
        row.private = row.person is not None and row.person.pk in private
    record = visit_record(visit) if visit else None
    on = session.date if visit else today
    doses = history(root)
    lasting = Lasting(root)
    facts = facts_for(root, session, record.screenings if record else None, lasting=lasting)
    outlook = forecast_for(root, on, facts, doses=doses)
    offered = {series_of(code) for code in session.vaccine_codes()}
    recorded = record.recorded if record else {}
    cards = [DueCard(result, result.series in offered, recorded.get(result.series)) for result in outlook.series]
    cards.sort(key=lambda card: (not card.offered, card.result.status in ("complete", "not_needed", "too_old")))
    return PersonPage(
        person=root,
        rows=ids,
        session=session,
        visit=visit,
        appointment=appointment,
        family=family,
        checks=record_checks(root),
        timeline=[timeline_dose(dose, outlook, root.date_of_birth) for dose in doses],
        outlook=outlook,
        cards=cards,
        record=record,
        due=still_due(record, outlook, session) if record else [],
        history_rows=vaccination_rows(root),
        today=today,
        facts=facts,
        on=on,
        lasting=lasting.facts(),
        private=root.pk in private,
    )


def _siblings(appointments: list[Appointment], today: date) -> list[DayRow]:
    """Return those booked together with somebody; what stands on all their visits is read at once."""
    recorded: dict[int, list[Recorded]] = {}
    rows = Vaccination.objects.current().filter(visit__in=[each.visit_id for each in appointments if each.visit_id])
    for visit_id, status, reason in rows.values_list("visit", "status", "not_done_reason"):
        recorded.setdefault(visit_id, []).append(Recorded(status, reason))
    found = []
    for appointment in appointments:
        outcome = Outcome.BOOKED
        if appointment.state == Appointment.State.DID_NOT_ATTEND:
            outcome = Outcome.DID_NOT_ATTEND
        if appointment.visit is not None:
            outcome = outcome_of(appointment.visit, recorded.get(appointment.visit.pk, []))
        found.append(DayRow(appointment, appointment.visit, root_of(appointment.person), outcome, today))
    return found
