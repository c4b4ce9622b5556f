"""What a person's record would say once a check is saved, and the questions that two records raise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.queries.person import DueCard, PersonPage, TimelineDose, timeline_dose
from clinics.vaccines import series_of
from immunisations.actions import SourceLook
from immunisations.findings import drafted_finding
from immunisations.models import DoseSeen, RecordCheck
from immunisations.queries import (
    DoseQuestion,
    Forecast,
    HistoryDose,
    dose_questions,
    forecast_for,
    not_asked,
    read_history,
    unsaved_mentions,
)


@dataclass(frozen=True)
class CheckPreview:
    """The record as it would be: the doses, what counts, what follows; and the finding as we would write it."""

    timeline: list[TimelineDose]
    outlook: Forecast
    cards: list[DueCard]
    questions: list[DoseQuestion]
    not_asked: list[str]
    finding: str
    # Doses that were known before and that these sources do not show: they stay, whatever the sources say.
    kept: int


def preview_check(page: PersonPage, looks: Sequence[SourceLook], at: datetime) -> CheckPreview:
    """Return what the person's record would say with what these sources show."""
    mentions, looked = [], []
    for look in looks:
        seen = [
            DoseSeen(
                vaccine=dose.vaccine,
                given_on=dose.given_on,
                country=dose.country,
                batch_number=dose.batch_number,
                as_written=dose.as_written,
            )
            for dose in look.doses
        ]
        source, shown = unsaved_mentions(look.source, look.source_name, at, seen)
        mentions += shown
        if look.outcome != RecordCheck.Outcome.NOT_AVAILABLE:
            looked.append(source)
    doses = read_history(page.person, mentions, looked)
    outlook = forecast_for(page.person, page.on, page.facts, doses=doses)
    offered = {series_of(code) for code in page.session.vaccine_codes()}
    return CheckPreview(
        timeline=[timeline_dose(dose, outlook, page.person.date_of_birth) for dose in doses],
        outlook=outlook,
        cards=[DueCard(result, True, None) for result in outlook.series if result.series in offered],
        questions=dose_questions(doses),
        not_asked=not_asked(look.source for look in looks),
        finding=drafted_finding(looks, doses, outlook, at),
        kept=sum(all(mention.at != at for mention in dose.mentions) for dose in doses),
    )


def lines_to_start_from(doses: Sequence[HistoryDose]) -> list[dict[str, str]]:
    """Return the doses on record as lines of a new check: what is known is not typed again, only looked at again."""
    return [
        {
            "vaccine": f"Other {mention.as_written}" if mention.vaccine == "OTHER" else str(mention.vaccine_name),
            "given_on": mention.date_in_words,
            "as_written": mention.as_written,
            "batch_number": mention.batch_number,
            "country": mention.country,
        }
        for dose in doses
        if (mention := next((each for each in reversed(dose.mentions) if each.vaccination is None), None)) is not None
    ]
