"""One timeline of everything known: each dose, which records show it, what counts and why."""

from dataclasses import dataclass
from datetime import date

from clinics.vaccines import Series
from immunisations.ages import age_in_words
from immunisations.queries import Forecast, HistoryDose, rule_behind, verdicts_on
from immunisations.schedule import DoseVerdict, SeriesForecast


@dataclass(frozen=True)
class TimelineDose:
    """A dose of the person's history with what each series makes of it."""

    dose: HistoryDose
    verdicts: tuple[tuple[str, DoseVerdict], ...]
    age: str

    @property
    def rows(self) -> list[tuple[str, DoseVerdict, str]]:
        """Series, verdict, and where the rule behind it comes from."""
        return [(series, verdict, rule_source(verdict)) for series, verdict in self.verdicts]


def rule_source(verdict: SeriesForecast | DoseVerdict) -> str:
    """Return where the rule behind a verdict comes from, or "" where it rests on the dates alone."""
    rule = rule_behind(verdict)
    return f"{rule.source} ({rule.id})" if rule else ""


def timeline_dose(dose: HistoryDose, outlook: Forecast, born: date) -> TimelineDose:
    """Return a dose with its verdicts and the age at it, where that can be told."""
    verdicts = tuple((str(Series(series).label), verdict) for series, verdict in verdicts_on(dose, outlook))
    exact = len(dose.given_on) == len("2019-03-03")
    age = age_in_words(born, date.fromisoformat(dose.given_on)) if exact and dose not in outlook.impossible else ""
    return TimelineDose(dose, verdicts, age)
