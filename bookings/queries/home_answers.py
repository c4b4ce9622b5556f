"""What families answered at home about somebody's health, for whoever sees them at the clinic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from bookings.models import Appointment, HealthAnswers
from clinics.models import ClinicSession
from immunisations.health_questions import Question, yes_first
from immunisations.models import Screening


@dataclass(frozen=True)
class HomeAnswers:
    """The latest answers about one person: information, which a vaccinator confirms by asking again."""

    answered_at: datetime
    agrees: bool | None
    answers: Mapping[str, Mapping[str, Any]]

    @property
    def yes(self) -> list[tuple[Question, Mapping[str, Any]]]:
        """The questions answered with yes, each with its answer."""
        return [pair for pair in yes_first(self.answers) if pair[1].get("answer") == "yes"]

    @property
    def no(self) -> list[Question]:
        """The questions answered with no."""
        return [question for question, answer in yes_first(self.answers) if answer.get("answer") != "yes"]

    @property
    def agrees_words(self) -> str:
        """Whether they agreed when they answered, in words."""
        if self.agrees is None:
            return _("Not sure: wants to talk to a nurse first")
        return _("Agrees to the vaccination") if self.agrees else _("Does not agree to the vaccination")


def home_answers_of(appointment: Appointment | None) -> HomeAnswers | None:
    """Return what was last answered at home about whoever has this appointment, if anything was. One query."""
    if appointment is None:
        return None
    latest = HealthAnswers.objects.filter(appointment=appointment).order_by("-id").first()
    return HomeAnswers(latest.answered_at, latest.agrees, latest.answers) if latest is not None else None


def to_read_from_home(session: ClinicSession) -> set[int]:
    """Return the appointments (by key) of a clinic for which something waits to be read. One query.

    That is a yes, or that they do not agree or are not sure, until a vaccinator has asked the questions themselves.
    """
    asked = Screening.objects.filter(visit=OuterRef("appointment__visit"))
    rows = (
        HealthAnswers.objects.filter(appointment__session=session)
        .exclude(appointment__state=Appointment.State.CANCELLED)
        .exclude(Exists(asked))
        .order_by("id")
        .values_list("appointment", "answers", "agrees")
    )
    latest = {appointment: (answers, agrees) for appointment, answers, agrees in rows}
    return {
        appointment
        for appointment, (answers, agrees) in latest.items()
        if agrees is not True or any(answer.get("answer") == "yes" for answer in answers.values())
    }
