"""People, visits and records for tests, made by the service's own actions."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Role, Team, User
from clinics.models import Batch, ClinicSession
from immunisations import actions
from immunisations.health_questions import QUESTIONS
from immunisations.models import Person, RecordCheck, Screening, Vaccination, Visit
from tests.support.factories import MORNING, make_batch, make_session, make_team, make_user

# In the middle of the clinic's morning.
AT = MORNING + timedelta(hours=1)
BORN = date(2023, 3, 27)


@dataclass
class Room:
    """A clinic this morning with a vaccinator, a senior nurse and batches: everything a record needs."""

    team: Team
    session: ClinicSession
    nurse: User
    senior: User
    mmr: Batch
    mmrv: Batch
    six: Batch

    def person(self, first_name: str = "Amina", last_name: str = "Khan", born: date = BORN, **details: Any) -> Person:
        """Add somebody to the team's people."""
        return actions.add_person(
            team=self.team,
            first_name=first_name,
            last_name=last_name,
            date_of_birth=born,
            by=self.nurse,
            at=AT,
            **details,
        )

    def visit(self, person: Person | None = None, **details: Any) -> Visit:
        """Somebody arrives."""
        return actions.arrive(session=self.session, person=person or self.person(), by=self.nurse, at=AT, **details)

    def check(self, visit: Visit, *doses: tuple[str, str], source: str = RecordCheck.Source.RED_BOOK) -> RecordCheck:
        """Check a record on the visit; it shows ``doses``, pairs of vaccine and date."""
        return actions.record_check(
            visit=visit,
            source=source,
            outcome=RecordCheck.Outcome.DOSES_FOUND if doses else RecordCheck.Outcome.NOTHING_RECORDED,
            finding="What it shows.",
            doses=[actions.FoundDose(vaccine, given_on) for vaccine, given_on in doses],
            by=self.nurse,
            at=AT,
        )

    def consent(self, visit: Visit, *vaccines: str, decision: str = "given", at: datetime = AT) -> Any:
        """The mother says yes."""
        return actions.record_consent(
            visit=visit,
            decision=decision,
            route="parent_present",
            given_by_name="Sara Khan",
            relationship="Mother",
            vaccines=vaccines or ("MMR", "MMRV", "6IN1"),
            by=self.nurse,
            at=at,
        )

    def screen(self, visit: Visit, yes: dict[str, list[str]] | None = None, **details: Any) -> Screening:
        """Ask the health questions; ``yes`` maps those answered yes to what was confirmed."""
        answers: dict[str, dict[str, Any]] = {question.code: {"answer": "no"} for question in QUESTIONS}
        for code, facts in (yes or {}).items():
            answers[code] = {"answer": "yes", "details": "", "facts": facts}
        return actions.record_screening(
            visit=visit,
            answers=answers,
            by=self.nurse,
            **{
                "at": AT,
                "well_today": True,
                "not_pregnant": None,
                "identity_confirmed_by": "Sara Khan (mother)",
                **details,
            },
        )

    def ready(self, person: Person | None = None, *doses: tuple[str, str]) -> Visit:
        """Somebody has arrived, been checked, agreed and answered."""
        visit = self.visit(person)
        self.check(visit, *doses)
        self.consent(visit)
        self.screen(visit)
        return visit

    def give(self, visit: Visit, batch: Batch | None = None, **details: Any) -> Vaccination:
        """Give the dose: MMRV into the left arm unless told."""
        return actions.record_vaccination(
            **{
                "visit": visit,
                "series": "MEASLES",
                "batch": batch or self.mmrv,
                "body_site": "left_arm",
                "by": self.nurse,
                "at": AT,
                **details,
            }
        )

    def decline(self, visit: Visit, *series: str, reason: str = "declined", **details: Any) -> list[Vaccination]:
        """Nothing is given."""
        return actions.record_not_given(
            **{"visit": visit, "series": series or ["MEASLES"], "reason": reason, "by": self.nurse, "at": AT, **details}
        )


def make_room(**details: Any) -> Room:
    """Return a clinic with its people."""
    team = make_team()
    return Room(
        team,
        make_session(team, **details),
        make_user(team, Role.VACCINATOR, first_name="Nora", last_name="Nurse"),
        make_user(team, Role.SENIOR_NURSE, first_name="Sue", last_name="Senior"),
        make_batch(team, "priorix", number="PRX1", expires_on=date(2027, 3, 31)),
        make_batch(team, "priorix-tetra", number="TET1"),
        make_batch(team, "infanrix-hexa", number="HEX1"),
    )
