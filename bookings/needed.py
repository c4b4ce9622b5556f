"""What the schedule says of a child, in words for the public: what may be due now, later, or is complete.

Only what somebody typed is judged: no record is read and nothing is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics import words
from clinics.vaccines import Series, Vaccine
from immunisations.schedule import Dose, DoseVerdict, SeriesForecast, forecast
from immunisations.written_dates import date_in_words

NOW, ASK, LATER, DONE = "now", "ask", "later", "done"
# What the public is told of each status of the schedule: the part of the page it stands in, and the word for it.
STATUSES: dict[str, tuple[str, str | Promise]] = {
    "due": (NOW, gettext_lazy("May be due now")),
    "overdue": (NOW, gettext_lazy("May be due now")),
    "ask": (ASK, gettext_lazy("Ask us")),
    "blocked": (ASK, gettext_lazy("Ask us")),
    "not_yet": (LATER, gettext_lazy("Later")),
    "complete": (DONE, gettext_lazy("Complete")),
    "not_needed": (DONE, gettext_lazy("Not needed")),
    "too_old": (DONE, gettext_lazy("Not given at this age")),
}
PARTS: dict[str, str | Promise] = {
    NOW: gettext_lazy("What may be due now"),
    ASK: gettext_lazy("What you should ask us"),
    LATER: gettext_lazy("What comes later"),
    DONE: gettext_lazy("What is complete or not needed"),
}
PROTECTS: dict[str, str | Promise] = {
    Series.MEASLES: gettext_lazy("Protects against measles, mumps and rubella. MMRV also protects against chickenpox."),
    Series.SIX_IN_ONE: gettext_lazy(
        "Protects against diphtheria, tetanus, whooping cough, polio, Hib and hepatitis B."
    ),
    Series.FOUR_IN_ONE: gettext_lazy("Makes the protection against 4 illnesses last, before school starts."),
    Series.TD_IPV: gettext_lazy("Protects against tetanus, diphtheria and polio."),
    Series.MENB: gettext_lazy("Protects against one kind of meningitis."),
    Series.PNEUMOCOCCAL: gettext_lazy("Protects against infections of the lungs, the blood and the brain."),
    Series.ROTAVIRUS: gettext_lazy("Protects against an illness with bad diarrhoea. Babies swallow it as drops."),
    Series.HPV: gettext_lazy("Protects against several kinds of cancer."),
    Series.MENACWY: gettext_lazy("Protects against 4 kinds of meningitis."),
}
# The page that says more.
GUIDES: dict[str, str] = {Series.MEASLES: "mmr-and-mmrv", Series.SIX_IN_ONE: "6-in-1"}


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one series, and of those doses of it that may not count."""

    name: str
    word: str
    sentence: str
    protects: str
    guide: str
    doses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the answer with its lines."""

    code: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Needed:
    """The whole answer, and the vaccines that a clinic would need for it."""

    parts: tuple[Part, ...]
    vaccines: frozenset[str]


def what_is_needed(*, born: date, doses: Iterable[Dose], on: date) -> Needed:
    """Return what somebody born on ``born`` who had ``doses`` may need on the day ``on``.

    Raises ScheduleError as ``immunisations.schedule.forecast`` does.
    """
    results = forecast(born, doses, on)
    by_part: dict[str, list[Line]] = {code: [] for code in PARTS}
    for result in results:
        by_part[STATUSES[result.status][0]].append(line_of(result))
    parts = tuple(Part(code, str(PARTS[code]), tuple(lines)) for code, lines in by_part.items() if lines)
    wanted = {result.vaccine for result in results if STATUSES[result.status][0] in (NOW, ASK)}
    return Needed(parts, frozenset(code for code in wanted if code in Vaccine.values))


def line_of(result: SeriesForecast) -> Line:
    """Return what the public is told of one series."""
    due = STATUSES[result.status][0] in (NOW, LATER) and result.vaccine in Vaccine.values
    return Line(
        name=str(Vaccine(result.vaccine).label if due and result.vaccine else Series(result.series).label),
        word=str(STATUSES[result.status][1]),
        sentence=sentence_of(result),
        protects=str(PROTECTS.get(result.series, "")),
        guide=GUIDES.get(result.series, ""),
        doses=tuple(said for verdict in result.doses if (said := dose_words(verdict))),
    )


def sentence_of(result: SeriesForecast) -> str:
    """Return one sentence on where a series stands."""
    number = result.next_dose or 0
    if result.status in ("due", "overdue"):
        if result.due_on is None:
            return _("This would be dose %(number)s.") % {"number": number}
        return _("This would be dose %(number)s. The usual day for it was %(day)s.") % {
            "number": number,
            "day": words.plain_date(result.due_on),
        }
    if result.status == "not_yet":
        if result.due_on is None:
            return _("It comes after 3 doses of the 6-in-1 vaccine.")
        return _("Dose %(number)s is usually given from %(day)s on.") % {
            "number": number,
            "day": words.plain_date(result.due_on),
        }
    if result.status == "complete":
        return _("From what you typed, nothing more is needed.")
    if result.status == "not_needed":
        return _("From what you typed, it is not needed.")
    if result.status == "too_old":
        return _("It is not given at this age. You do not need to do anything.")
    return _("We cannot say from what you typed. A nurse can find out with you.")


def dose_words(verdict: DoseVerdict) -> str:
    """Return what is said of a dose that does not count, or that may not; "" of one that does or does no harm."""
    if verdict.counts or verdict.rule == "additional":
        return ""
    values = {
        "vaccine": Vaccine(verdict.vaccine).label if verdict.vaccine in Vaccine.values else _("This vaccine"),
        "day": date_in_words(verdict.given_on),
    }
    if verdict.counts is None:
        return _("%(vaccine)s, %(day)s: the exact day decides if this dose counts.") % values
    if verdict.code.startswith("before_"):
        return _("%(vaccine)s, %(day)s: the child was too young, so this dose does not count.") % values
    if verdict.code == "too_soon":
        return _("%(vaccine)s, %(day)s: too soon after the dose before it, so this dose does not count.") % values
    return _("%(vaccine)s, %(day)s: this dose does not count.") % values
