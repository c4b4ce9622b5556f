"""One history of a person over every source and every row of the person."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from immunisations.models import DoseSeen, Person, SeenVaccine, Vaccination
from immunisations.people import row_ids
from immunisations.written_dates import date_in_words, span_of


@dataclass(frozen=True)
class Mention:
    """One record that shows a dose: which, when it was looked at, and the dose as it stands there."""

    source: str
    vaccine: str
    given_on: str
    at: datetime
    country: str = ""
    batch_number: str = ""
    vaccination: Vaccination | None = None

    @property
    def key(self) -> object:
        """What tells two records apart: two lines of one record are two doses, of two records maybe one."""
        return self.vaccination.pk if self.vaccination else (self.source, self.at)


@dataclass
class HistoryDose:
    """One dose as all the records together show it."""

    vaccine: str
    given_on: str
    mentions: list[Mention] = field(default_factory=list)

    @property
    def sources(self) -> tuple[str, ...]:
        """The records that show it, each once, in the order they were looked at."""
        return tuple(dict.fromkeys(mention.source for mention in self.mentions))

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
        dates = sorted({mention.given_on for mention in self.mentions})
        if len(dates) > 1:
            parts.append(
                _("The date stands differently: %(dates)s.")
                % {
                    "dates": "; ".join(
                        f"{date_in_words(mention.given_on)} ({mention.source})" for mention in self.mentions
                    )
                }
            )
        return " ".join(parts)

    @property
    def vaccine_name(self) -> str | Promise:
        """The vaccine in words."""
        return SeenVaccine(self.vaccine).label

    @property
    def date_in_words(self) -> str:
        """The date as exactly as it is known: 3 March 2019, March 2019, 2019."""
        return date_in_words(self.given_on)


def _kind(vaccine: str) -> str:
    """Return what two records must share to speak of the same dose: MMR and MMRV of one day are one."""
    return "MMR" if vaccine == SeenVaccine.MMRV else "6IN1" if vaccine == SeenVaccine.FIVE_IN_ONE else vaccine


def history(person: Person) -> list[HistoryDose]:
    """Return the person's doses by date: the union of all record checks and of the doses given here that stand.

    Entries of one day are one dose with several sources. A date known to the month or year is taken for a dose that
    another record shows to the day, where exactly one fits.
    """
    ids = row_ids(person)
    mentions = [
        Mention(
            source=_("Given here: %(place)s") % {"place": row.place_name},
            vaccine=row.vaccine,
            given_on=row.given_on.isoformat() if row.given_on else "",
            at=row.recorded_at,
            batch_number=row.batch_number,
            vaccination=row,
        )
        for row in Vaccination.objects.given().filter(person__in=ids).select_related("session", "visit")
    ]
    seen = DoseSeen.objects.filter(record_check__person__in=ids).select_related("record_check")
    mentions += [
        Mention(
            source=str(dose.record_check.get_source_display()),
            vaccine=dose.vaccine,
            given_on=dose.given_on,
            at=dose.record_check.checked_at,
            country=dose.country,
            batch_number=dose.batch_number,
        )
        for dose in seen.order_by("record_check__checked_at", "pk")
    ]
    return fold(mentions)


def fold(mentions: Iterable[Mention]) -> list[HistoryDose]:
    """Return one dose for all the mentions of one day, and for a vaguer mention that fits exactly one of them."""
    exact: dict[tuple[str, str], HistoryDose] = {}
    # The most exact first, so that vaguer ones find what they may belong to.
    for mention in sorted(mentions, key=lambda each: -len(each.given_on)):
        kind = _kind(mention.vaccine)
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
    # What was given here is the surest name of it.
    for dose in exact.values():
        if dose.given_here:
            dose.vaccine = dose.given_here.vaccine
    return sorted(exact.values(), key=lambda dose: (span_of(dose.given_on), dose.vaccine))
