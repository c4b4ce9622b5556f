"""The finding of a record check, as the software would write it. The checker owns what is kept."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinics.vaccines import Series
from immunisations.actions.record_checks import SourceLook
from immunisations.models import RecordCheck
from immunisations.queries import Forecast, HistoryDose, verdicts_on
from immunisations.queries.history import dose_kind
from immunisations.schedule import DoseVerdict
from immunisations.sources import source_words, within_a_sentence

# What the column holds.
LONGEST = 500
Outcome = RecordCheck.Outcome


def drafted_finding(looks: Sequence[SourceLook], doses: Sequence[HistoryDose], outlook: Forecast, at: datetime) -> str:
    """Return the finding of the sources looked at at one moment.

    ``doses`` is the whole history with what the looks show, ``outlook`` where it leaves every series. The sentence
    speaks of the doses that these sources show, numbered within the whole history; where that is too long to keep, of
    how many there are.
    """
    found = [look for look in looks if look.outcome == Outcome.DOSES_FOUND]
    shown = [dose for dose in doses if any(each.at == at and not each.vaccination for each in dose.mentions)]
    rest = _others(looks)
    each, counted = _every_dose(found, shown, doses, outlook, at), _how_many(found, shown)
    for said in ([*each, *rest], [*counted, *rest], [*counted, *_others(looks, named=False)]):
        finding = " ".join(said)
        if len(finding) <= LONGEST:
            return finding
    return " ".join(_how_many([], shown))


def _others(looks: Sequence[SourceLook], *, named: bool = True) -> list[str]:
    """Return what is to be said of the sources that show no doses, by their exact names unless those are too long."""
    said = []
    if any(look.source == RecordCheck.Source.NONE for look in looks):
        said.append(_("No record anywhere: treat as not vaccinated."))
    for outcome, words in (
        (Outcome.NOTHING_RECORDED, _("%(sources)s: nothing recorded.")),
        (Outcome.NOT_AVAILABLE, _("%(sources)s: not available.")),
    ):
        names = _listed(
            source_words(look.source, look.source_name if named else "")
            for look in looks
            if look.outcome == outcome and look.source != RecordCheck.Source.NONE
        )
        if names:
            said.append(words % {"sources": names})
    return said


def _every_dose(
    found: Sequence[SourceLook],
    shown: Sequence[HistoryDose],
    doses: Sequence[HistoryDose],
    outlook: Forecast,
    at: datetime,
) -> list[str]:
    """Return each dose with its number, its date and whether it counts, and which sources show them."""
    if not found:
        return []
    sources = [source_words(look.source, look.source_name) for look in found]
    numbers: Counter[str] = Counter()
    parts, agreed = [], True
    for dose in doses:
        name = str(dose.vaccine_name)
        kind = dose_kind(dose.vaccine, name)
        numbers[kind] += 1
        if dose not in shown:
            continue
        by = [mention.source for mention in dose.mentions if mention.at == at and not mention.vaccination]
        only = [source for source in sources if source in by]
        words = _numbered(name, numbers[kind], dose)
        if len(only) < len(sources):
            agreed = False
            words = _("%(dose)s (%(sources)s only)") % {"dose": words, "sources": within_a_sentence(_listed(only))}
        if dose.disagreement:
            agreed = False
        parts.append(words + _verdict_words(dose, outlook))
    start = _("Agreed history: %(doses)s.") if agreed else _("The records differ: %(doses)s.")
    source = within_a_sentence(_listed(sources))
    return [start % {"doses": "; ".join(parts)}, _("Source: %(sources)s.") % {"sources": source}]


def _how_many(found: Sequence[SourceLook], shown: Sequence[HistoryDose]) -> list[str]:
    if not shown:
        return []
    counts = Counter(str(dose.vaccine_name) for dose in shown)
    each = ", ".join(
        ngettext("%(vaccine)s %(count)s dose", "%(vaccine)s %(count)s doses", count) % {"vaccine": name, "count": count}
        for name, count in counts.items()
    )
    if len(each) > LONGEST - 100:
        each = ngettext("%(count)s dose", "%(count)s doses", len(shown)) % {"count": len(shown)}
    said = [_("Found: %(doses)s.") % {"doses": each}]
    if found:
        source = within_a_sentence(_listed(source_words(look.source) for look in found))
        said.append(_("Source: %(sources)s.") % {"sources": source})
    return said


def _numbered(name: str, number: int, dose: HistoryDose) -> str:
    """Return "MMR 1 on 2 February 2021", "6-in-1 dose 1 in May 2020"."""
    words = {"vaccine": name, "number": number, "date": dose.date_in_words}
    exact = len(dose.given_on) == len("2019-03-03")
    if any(character.isdigit() for character in name):
        form = _("%(vaccine)s dose %(number)s on %(date)s") if exact else _("%(vaccine)s dose %(number)s in %(date)s")
    else:
        form = _("%(vaccine)s %(number)s on %(date)s") if exact else _("%(vaccine)s %(number)s in %(date)s")
    return form % words


def _verdict_words(dose: HistoryDose, outlook: Forecast) -> str:
    """Return what is to be said besides of a dose that does not count, or may not; "" of one that does."""
    if dose in outlook.impossible:
        return _(", cannot be right (before birth or in the future)")
    verdict = _main_verdict(dose, outlook)
    if verdict is None or verdict.counts:
        return ""
    if verdict.counts is None:
        return _(", may not count (that depends on the exact date)")
    if verdict.code == "additional":
        return _(", additional (the course was already complete)")
    reason = verdict.reason.rstrip(".").removesuffix(": does not count")
    return _(", does not count (%(reason)s)") % {"reason": reason[:1].lower() + reason[1:]}


def _main_verdict(dose: HistoryDose, outlook: Forecast) -> DoseVerdict | None:
    """Return the verdict of the series that the vaccine is for; where it counts in another only, of that one."""
    verdicts = verdicts_on(dose, outlook)
    own = "MEASLES" if dose.vaccine in ("MMR", "MMRV", "MEASLES_ONLY") else dose.vaccine
    known = [verdict for series, verdict in verdicts if series == own or own not in Series.values]
    for verdict in [*known, *(verdict for _series, verdict in verdicts)]:
        if verdict.counts:
            return verdict
    return known[0] if known else verdicts[0][1] if verdicts else None


def _listed(names: Iterable[str]) -> str:
    """Return names as a list in words: "red book and GP record". The first keeps its capital."""
    each = list(names)
    if len(each) < 2:
        return "".join(each)
    each[1:] = [within_a_sentence(name) for name in each[1:]]
    return _("%(some)s and %(last)s") % {"some": ", ".join(each[:-1]), "last": each[-1]}
