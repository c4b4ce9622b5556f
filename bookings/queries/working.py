"""How what is due was worked out: every dose, every rule that decided, and where each comes from."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.queries.person import PersonPage
from clinics.times import london_day
from clinics.vaccines import Series, Vaccine
from clinics.words import clock, plain_date
from immunisations.health_questions import FACTS
from immunisations.models import RecordCheck
from immunisations.queries import HistoryDose, Mention, rule_behind
from immunisations.schedule import FACT_WORDS, NO_EARLY_SECOND_ADVICE, DoseVerdict, Rule, SeriesForecast, rules

STATUS_WORDS: dict[str, str | Promise] = {
    "complete": gettext_lazy("Complete"),
    "due": gettext_lazy("Due"),
    "overdue": gettext_lazy("Overdue"),
    "not_yet": gettext_lazy("Not yet"),
    "not_needed": gettext_lazy("Not needed"),
    "too_old": gettext_lazy("Too old"),
    "blocked": gettext_lazy("Do not give"),
    "ask": gettext_lazy("Ask a nurse"),
}
COUNT_WORDS: dict[bool | None, str | Promise] = {
    True: gettext_lazy("Counts"),
    False: gettext_lazy("Does not count"),
    None: gettext_lazy("Not clear"),
}
APPLIES_BY: dict[str, str | Promise] = {
    "visit": gettext_lazy("for visits"),
    "birth": gettext_lazy("for people born"),
}
MORE_FACT_WORDS: dict[str, str | Promise] = {
    "male": gettext_lazy("Sex: male"),
    "female": gettext_lazy("Sex: female"),
    "outbreak": gettext_lazy("Early measles doses are switched on for this clinic"),
    NO_EARLY_SECOND_ADVICE: gettext_lazy("After an early second measles dose no further one is advised"),
    "unwell": gettext_lazy("Unwell today"),
    "pregnant": gettext_lazy("Pregnant, or may be"),
    "no-chickenpox": gettext_lazy("Has not had chickenpox"),
    "had-chickenpox": gettext_lazy("Has had chickenpox"),
}


SUBJECTS: dict[str, str | Promise] = {
    "general": gettext_lazy("All vaccines"),
    "facts": gettext_lazy("Facts about the person"),
    "measles": Series.MEASLES.label,
    "six_in_one": Series.SIX_IN_ONE.label,
    "four_in_one": Series.FOUR_IN_ONE.label,
    "three_in_one": Series.TD_IPV.label,
    "menb": Series.MENB.label,
    "pneumococcal": Series.PNEUMOCOCCAL.label,
    "rotavirus": Series.ROTAVIRUS.label,
    "hpv": Series.HPV.label,
    "menacwy": Series.MENACWY.label,
}


def in_force(rule: Rule) -> str:
    """Return the days that a rule governs: “for visits from 1 July 2025 to 31 December 2025”."""
    by = str(APPLIES_BY[rule.applies_by])
    first, last = rule.in_force_from, rule.in_force_to
    if first and last:
        return _("%(by)s from %(first)s to %(last)s") % {
            "by": by,
            "first": plain_date(first),
            "last": plain_date(last),
        }
    if first:
        return _("%(by)s from %(first)s, until changed") % {"by": by, "first": plain_date(first)}
    if last:
        return _("%(by)s to %(last)s") % {"by": by, "last": plain_date(last)}
    return _("at all times, until changed")


@dataclass(frozen=True)
class RuleWords:
    """A rule as it is shown: what was signed, where it comes from, and when it holds."""

    id: str
    text: str
    source: str
    in_force: str

    @classmethod
    def of(cls, rule: Rule) -> "RuleWords":
        """Return a rule in words."""
        return cls(rule.id, rule.text, rule.source, in_force(rule))


def every_rule() -> dict[str, list[RuleWords]]:
    """Return all rules by subject, in the order of their files: what a clinical lead reads and signs."""
    found: dict[str, list[RuleWords]] = {}
    for rule in rules():
        found.setdefault(str(SUBJECTS.get(rule.subject, rule.subject)), []).append(RuleWords.of(rule))
    return found


@dataclass(frozen=True)
class DoseWorked:
    """One dose in one series: what is known of it, whether it counts, and by which rule."""

    verdict: DoseVerdict
    dose: HistoryDose | None

    @property
    def vaccine_name(self) -> str | Promise:
        return self.dose.vaccine_name if self.dose else Vaccine(self.verdict.vaccine).label

    @property
    def given(self) -> str:
        return self.dose.date_in_words if self.dose else self.verdict.given_on

    @property
    def counts(self) -> str | Promise:
        return COUNT_WORDS[self.verdict.counts]

    @property
    def rule(self) -> RuleWords | None:
        rule = rule_behind(self.verdict)
        return RuleWords.of(rule) if rule else None

    @property
    def mentions(self) -> list[Mention]:
        return self.dose.mentions if self.dose else []


@dataclass(frozen=True)
class SeriesWorked:
    """One series: where it stands, why, and every dose of it."""

    result: SeriesForecast
    doses: list[DoseWorked]

    @property
    def name(self) -> str | Promise:
        return Series(self.result.series).label

    @property
    def status(self) -> str | Promise:
        return STATUS_WORDS[self.result.status]

    @property
    def next_vaccine(self) -> str | Promise:
        return Vaccine(self.result.vaccine).label if self.result.vaccine else ""

    @property
    def rule(self) -> RuleWords | None:
        rule = rule_behind(self.result)
        return RuleWords.of(rule) if rule else None


@dataclass(frozen=True)
class Fact:
    """Something about the person that the rules took into account, and who says so."""

    words: str | Promise
    from_where: str


@dataclass(frozen=True)
class Working:
    """The whole working for one person on one day."""

    series: list[SeriesWorked]
    facts: list[Fact]
    checks: list[RecordCheck]
    rules: list[RuleWords]
    not_judged: list[HistoryDose]


def _alike(verdict: DoseVerdict, dose: HistoryDose) -> bool:
    """Whether a verdict speaks of this dose: 5-in-1 is read as 6-in-1."""
    named = {mention.vaccine for mention in dose.mentions} | {dose.vaccine}
    return verdict.given_on == dose.given_on and (
        verdict.vaccine in named or (verdict.vaccine == "6IN1" and "5IN1" in named)
    )


def _facts(page: PersonPage) -> list[Fact]:
    screening = page.record.screening if page.record else None
    found = []
    lasting = {each.code: each for each in page.lasting}
    for code in sorted(page.facts):
        if code in ("male", "female"):
            source = _("the person’s details")
        elif code == "outbreak":
            source = page.session.early_doses_reason
        elif code == NO_EARLY_SECOND_ADVICE:
            source = _("the clinical lead’s decision for this clinic")
        elif code in lasting:
            words = (
                _("a reaction to a dose, recorded by %(name)s on %(date)s at %(time)s")
                if lasting[code].from_reaction
                else _("health questions, asked by %(name)s on %(date)s at %(time)s")
            )
            source = words % {
                "name": lasting[code].confirmed_by_name,
                "date": plain_date(london_day(lasting[code].confirmed_at)),
                "time": clock(lasting[code].confirmed_at),
            }
        elif screening is not None:
            source = _("health questions, asked by %(name)s on %(date)s at %(time)s") % {
                "name": screening.recorded_by_name,
                "date": plain_date(london_day(screening.at)),
                "time": clock(screening.at),
            }
        else:
            source = ""
        found.append(Fact(MORE_FACT_WORDS.get(code) or FACTS.get(code) or FACT_WORDS[code], source))
    return found


def working(page: PersonPage) -> Working:
    """Return how the forecast on a person's page came about. No query beyond those of the page."""
    history = [entry.dose for entry in page.timeline]
    series = [
        SeriesWorked(
            result,
            [
                DoseWorked(verdict, next((dose for dose in history if _alike(verdict, dose)), None))
                for verdict in result.doses
            ],
        )
        for result in page.outlook.series
    ]
    judged = {id(worked.dose) for each in series for worked in each.doses}
    impossible = {id(dose) for dose in page.outlook.impossible}
    used = (rule for each in series for rule in (each.rule, *(worked.rule for worked in each.doses)) if rule)
    return Working(
        series=series,
        facts=_facts(page),
        checks=page.checks,
        rules=_once(used),
        not_judged=[dose for dose in history if id(dose) not in judged | impossible],
    )


def _once(rules_used: Iterable[RuleWords]) -> list[RuleWords]:
    return list({rule.id: rule for rule in rules_used}.values())
