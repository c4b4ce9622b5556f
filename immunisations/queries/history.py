"""One history of a person over every source and every row of the person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clinics.times import london_day
from immunisations.models import DoseJudgement, DoseSeen, Person, RecordCheck, SeenVaccine, Vaccination
from immunisations.people import OfPerson, row_ids
from immunisations.sources import NOT_A_LIST, source_words
from immunisations.written_dates import date_in_words, span_of

HERE = "here"


@dataclass(frozen=True)
class Mention:
    """One record that shows a dose: which, when it was looked at, and the dose as it stands there.

    ``source`` is its name in words; ``kind`` its code, with its name where another record is meant.
    """

    source: str
    vaccine: str
    given_on: str
    at: datetime
    country: str = ""
    batch_number: str = ""
    vaccination: Vaccination | None = None
    kind: str = ""
    as_written: str = ""

    @property
    def key(self) -> object:
        """What tells two records apart: two lines of one record are two doses, of two records maybe one."""
        return self.vaccination.pk if self.vaccination else (self.kind or self.source, self.at)

    @property
    def date_in_words(self) -> str:
        """The date as exactly as this record has it."""
        return date_in_words(self.given_on)

    @property
    def vaccine_name(self) -> str | Promise:
        """The vaccine in words, as the record has it where it was written down."""
        return _vaccine_words(self.vaccine, self.as_written)


class Look(NamedTuple):
    """A source that was looked at, with what it is called and when."""

    kind: str
    words: str
    at: datetime


@dataclass
class HistoryDose:
    """One dose as all the records together show it. ``missing_from`` names the records looked at that do not."""

    vaccine: str
    given_on: str
    mentions: list[Mention] = field(default_factory=list)
    judgements: list[DoseJudgement] = field(default_factory=list)
    missing_from: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The records that show it, each once, by the name it had last, in the order they were looked at."""
        return tuple({mention.kind or mention.source: mention.source for mention in self.mentions}.values())

    @property
    def given_here(self) -> Vaccination | None:
        """Our own record of it, where it was given at one of our clinics."""
        return next((mention.vaccination for mention in self.mentions if mention.vaccination), None)

    @property
    def disagreement(self) -> str:
        """What the records say differently about it, or "" where they agree."""
        vaccines = sorted({str(SeenVaccine(mention.vaccine).label) for mention in self.mentions})
        parts = []
        if len(vaccines) > 1:
            parts.append(_("The records name different vaccines: %(vaccines)s.") % {"vaccines": ", ".join(vaccines)})
        if len({mention.given_on for mention in self.mentions}) > 1:
            dates = [f"{date_in_words(mention.given_on)} ({mention.source})" for mention in self.mentions]
            parts.append(_("The date stands differently: %(dates)s.") % {"dates": "; ".join(dict.fromkeys(dates))})
        if len({_plain(mention.batch_number) for mention in self.mentions} - {""}) > 1:
            batches = [
                f"{mention.batch_number} ({mention.source})" for mention in self.mentions if mention.batch_number
            ]
            parts.append(
                _("The batch stands differently: %(batches)s.") % {"batches": "; ".join(dict.fromkeys(batches))}
            )
        return " ".join(parts)

    @property
    def vaccine_name(self) -> str | Promise:
        """The vaccine in words; what we have no word for, as it is written."""
        return _vaccine_words(self.vaccine, next((each.as_written for each in self.mentions if each.as_written), ""))

    @property
    def date_in_words(self) -> str:
        """The date as exactly as it is known: 3 March 2019, March 2019, 2019."""
        return date_in_words(self.given_on)


def _vaccine_words(vaccine: str, as_written: str) -> str | Promise:
    return as_written if vaccine == SeenVaccine.OTHER and as_written else SeenVaccine(vaccine).label


def _plain(batch_number: str) -> str:
    return "".join(batch_number.split()).casefold()


def dose_kind(vaccine: str, as_written: str = "") -> str:
    """Return what two records must share to speak of the same dose: MMR and MMRV of one day are one."""
    if vaccine == SeenVaccine.OTHER:
        return f"{vaccine}:{_plain(as_written)}"
    return "MMR" if vaccine == SeenVaccine.MMRV else "6IN1" if vaccine == SeenVaccine.FIVE_IN_ONE else vaccine


def history(person: Person) -> list[HistoryDose]:
    """Return the person's doses by date: the union of all record checks and of the doses given here that stand.

    Entries of one day are one dose with several sources. A date known to the month or year is taken for a dose that
    another record shows to the day, where exactly one fits. Entries that somebody decided are one dose are one.
    """
    return read_history(person)


_GIVEN: OfPerson[Vaccination] = OfPerson(
    lambda theirs: Vaccination.objects.given().filter(theirs).select_related("session", "visit")
)
_CHECKS: OfPerson[RecordCheck] = OfPerson(
    lambda theirs: (
        RecordCheck.objects.filter(theirs)
        .order_by("checked_at", "pk")
        .prefetch_related(Prefetch("doses", DoseSeen.objects.order_by("pk")))
    )
)
_JUDGEMENTS: OfPerson[DoseJudgement] = OfPerson(
    lambda theirs: DoseJudgement.objects.filter(theirs).order_by("decided_at", "pk")
)


def read_history(person: Person, also: Sequence[Mention] = (), also_looked: Sequence[Look] = ()) -> list[HistoryDose]:
    """Return the person's history as it would be with what ``also`` shows and the sources that are looked at now."""
    ids = row_ids(person)
    mentions = [
        Mention(
            source=_("Given here: %(place)s") % {"place": row.place_name},
            vaccine=row.vaccine,
            given_on=row.given_on.isoformat() if row.given_on else "",
            at=row.recorded_at,
            batch_number=row.batch_number,
            vaccination=row,
            kind=f"{HERE}:{row.place_name}",
        )
        for row in _GIVEN.all(ids)
    ]
    looks = []
    for check in _CHECKS.all(ids):
        if check.outcome != RecordCheck.Outcome.NOT_AVAILABLE:
            looks.append(look_at(check.source, check.source_name, check.checked_at))
        mentions += mentions_of(check)
    doses = fold([*mentions, *also], _JUDGEMENTS.all(ids))
    _name_the_missing(doses, [*looks, *also_looked])
    return doses


def look_at(source: str, source_name: str, at: datetime) -> Look:
    """Return one look at a source. Another record is told from others by its name, the rest are one of each kind."""
    kind = f"{source}:{_plain(source_name)}" if source == RecordCheck.Source.OTHER else source
    return Look(kind, source_words(source, source_name), at)


def mentions_of(check: RecordCheck, doses: Iterable[DoseSeen] | None = None) -> list[Mention]:
    """Return what one look at a source shows; ``doses`` where they are not saved yet."""
    look = look_at(check.source, check.source_name, check.checked_at)
    return [
        Mention(
            source=look.words,
            vaccine=dose.vaccine,
            given_on=dose.given_on,
            at=look.at,
            country=dose.country,
            batch_number=dose.batch_number,
            kind=look.kind,
            as_written=dose.as_written,
        )
        for dose in (check.doses.all() if doses is None else doses)
    ]


def _name_the_missing(doses: Iterable[HistoryDose], looks: Iterable[Look]) -> None:
    """Say of each dose which lists of doses were looked at since it was given and do not hold it."""
    last = {look.kind: look for look in looks if look.kind not in NOT_A_LIST}
    for dose in doses:
        shown = {mention.kind for mention in dose.mentions}
        first, _last = span_of(dose.given_on)
        dose.missing_from = tuple(
            look.words for kind, look in last.items() if kind not in shown and london_day(look.at) > first
        )


def fold(mentions: Iterable[Mention], judgements: Iterable[DoseJudgement] = ()) -> list[HistoryDose]:
    """Return one dose for all the mentions of one day, and for a vaguer mention that fits exactly one of them.

    ``judgements``, oldest first, say which entries of different days are one dose; of a pair the latest holds.
    """
    exact: dict[tuple[str, str], HistoryDose] = {}
    # The most exact first, so that vaguer ones find what they may belong to.
    for mention in sorted(mentions, key=lambda each: -len(each.given_on)):
        kind = dose_kind(mention.vaccine, mention.as_written)
        same = exact.get((kind, mention.given_on))
        if same is None and len(mention.given_on) < len("2019-03-03"):
            fitting = [
                dose
                for (other, given_on), dose in exact.items()
                if other == kind
                and given_on.startswith(mention.given_on + "-")
                and all(each.key != mention.key for each in dose.mentions)
            ]
            same = fitting[0] if len(fitting) == 1 else None
        if same is None:
            exact[kind, mention.given_on] = HistoryDose(mention.vaccine, mention.given_on, [mention])
        else:
            same.mentions.append(mention)
    _judge(exact, judgements)
    # One dose may stand under several days by now.
    doses = list({id(dose): dose for dose in exact.values()}.values())
    # What was given here is the surest name of it.
    for dose in doses:
        if dose.given_here:
            dose.vaccine = dose.given_here.vaccine
    return sorted(doses, key=lambda dose: (span_of(dose.given_on), dose.vaccine))


def _judge(exact: dict[tuple[str, str], HistoryDose], judgements: Iterable[DoseJudgement]) -> None:
    """Make one dose of the entries that were decided to be one, and note on each what was decided about it."""
    latest = {pair_of(judgement): judgement for judgement in judgements}
    for (first, second), judgement in latest.items():
        one, other = exact.get(first), exact.get(second)
        if one is None or other is None:
            continue
        if judgement.verdict == DoseJudgement.Verdict.TWO_DOSES or one is other:
            for dose in {id(each): each for each in (one, other)}.values():
                dose.judgements.append(judgement)
            continue
        holds = judgement.holds_on.isoformat() if judgement.holds_on else one.given_on
        kept = one if one.given_on == holds else other
        merged = HistoryDose(
            kept.vaccine, holds, [*one.mentions, *other.mentions], [*one.judgements, *other.judgements, judgement]
        )
        for place, dose in exact.items():
            if dose is one or dose is other:
                exact[place] = merged


Entry = tuple[str, str]


def pair_of(judgement: DoseJudgement) -> tuple[Entry, Entry]:
    """Return the two entries that a decision is about, as ``fold`` knows them."""
    return (
        (dose_kind(judgement.first_vaccine), judgement.first_on.isoformat()),
        (dose_kind(judgement.second_vaccine), judgement.second_on.isoformat()),
    )
