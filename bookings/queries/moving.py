"""A record and two people: whose it is, and what becomes of both if it moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bookings.models import Appointment
from bookings.queries.person import STATUS_WORDS
from clinics.vaccines import Series, Vaccine, series_of
from immunisations.ages import age_in_words
from immunisations.models import Consent, DoseJudgement, Person, Vaccination, Visit
from immunisations.people import root_of, row_ids
from immunisations.policies import already_recorded, consent_for, screening_for
from immunisations.queries import Forecast, HistoryDose, Mention, facts_for, fold, forecast_for, history, verdicts_on
from immunisations.schedule import SeriesForecast


@dataclass(frozen=True)
class DoseLine:
    """A dose on one of the two records: whether it stays, leaves or comes, and what is made of it then."""

    vaccine: str | Promise
    on: str
    sources: str
    change: str
    verdict: str


@dataclass(frozen=True)
class SeriesLine:
    """Where the series of the dose stands on one of the two records."""

    words: str | Promise
    colour: str
    reason: str


@dataclass(frozen=True)
class Side:
    """One of the two people, before and after the move."""

    person: Person
    age: str
    doses: list[DoseLine]
    before: SeriesLine
    after: SeriesLine


@dataclass(frozen=True)
class Move:
    """Both people side by side. ``stop`` says why the record cannot move, ``warnings`` what to think of before."""

    row: Vaccination
    here: Side
    there: Side
    stop: str
    warnings: list[str]

    @property
    def sides(self) -> tuple[Side, Side]:
        return (self.here, self.there)


def people_of_clinic(row: Vaccination) -> list[tuple[Person, bool]]:
    """Return the others who came to the clinic of a record, each with whether they were booked together with this one.

    The family comes first. Somebody with two rows stands once.
    """
    own = set(row_ids(root_of(row.person)))
    bookings = set(
        Appointment.objects.filter(session=row.session_id, visit__person__in=own).values_list("booking_id", flat=True)
    )
    found: dict[int, tuple[Person, bool]] = {}
    for visit in (
        Visit.objects.filter(session=row.session_id)
        .exclude(person__in=own)
        .select_related("person__merged_into", "appointment")
        .order_by("person__last_name", "person__first_name", "pk")
    ):
        person = root_of(visit.person)
        appointment = getattr(visit, "appointment", None)
        family = appointment is not None and appointment.booking_id in bookings
        before = found.get(person.pk)
        found[person.pk] = (person, family or bool(before and before[1]))
    return sorted(found.values(), key=lambda each: not each[1])


def compare_move(row: Vaccination, target: Person, *, today: date) -> Move:
    """Return what a record's move to another person would mean for both, as of a day.

    ``row`` needs its person, session and visit. Nothing is written.
    """
    here, there = root_of(row.person), root_of(target)
    doses_here, doses_there = history(here), history(there)
    moving = next(
        (mention for dose in doses_here for mention in dose.mentions if _is(mention, row)),
        None,
    )
    left = fold(
        (mention for dose in doses_here for mention in dose.mentions if not _is(mention, row)), _decided(doses_here)
    )
    joined = fold(
        [*(mention for dose in doses_there for mention in dose.mentions), *([moving] if moving else [])],
        _decided(doses_there),
    )
    sides = (
        _side(here, doses_here, left, row, today),
        _side(there, doses_there, joined, row, today),
    )
    stop, warnings = _thoughts(row, there, doses_there, joined, today)
    return Move(row, *sides, stop=stop, warnings=warnings)


def _decided(doses: Sequence[HistoryDose]) -> list[DoseJudgement]:
    """Return what was decided about these doses, oldest first."""
    found = {judgement.pk: judgement for dose in doses for judgement in dose.judgements}
    return sorted(found.values(), key=lambda judgement: (judgement.decided_at, judgement.pk))


def _is(mention: Mention, row: Vaccination) -> bool:
    return mention.vaccination is not None and mention.vaccination.pk == row.pk


def _outlook(person: Person, doses: list[HistoryDose], on: date) -> Forecast:
    return forecast_for(person, on, facts_for(person, None, None), doses=doses)


def _side(person: Person, before: list[HistoryDose], after: list[HistoryDose], row: Vaccination, today: date) -> Side:
    outlook, then = _outlook(person, before, today), _outlook(person, after, today)
    lines = []
    stays = {(dose.vaccine, dose.given_on) for dose in after}
    was = {(dose.vaccine, dose.given_on) for dose in before}
    gone = [dose for dose in before if (dose.vaccine, dose.given_on) not in stays]
    for dose in sorted([*after, *gone], key=lambda each: each.given_on):
        key = (dose.vaccine, dose.given_on)
        change = _("leaves") if key not in stays else _("comes") if key not in was else ""
        verdict = "" if key not in stays else _verdict(dose, then, row.series)
        lines.append(DoseLine(dose.vaccine_name, dose.date_in_words, ", ".join(dose.sources), change, verdict))
    return Side(
        person,
        age_in_words(person.date_of_birth, today),
        lines,
        _series_line(outlook, row.series),
        _series_line(then, row.series),
    )


def _verdict(dose: HistoryDose, outlook: Forecast, series: str) -> str:
    """Return what the series makes of a dose; "" of any other, such as one of that very day."""
    return next((each.reason for of, each in verdicts_on(dose, outlook) if of == series), "")


def _series_line(outlook: Forecast, series: str) -> SeriesLine:
    result: SeriesForecast | None = outlook.of(series)
    if result is None:
        return SeriesLine(Series(series).label, "grey", outlook.problem)
    words, colour = STATUS_WORDS[result.status]
    return SeriesLine(words, colour, result.reason)


def _thoughts(
    row: Vaccination, there: Person, before: Sequence[HistoryDose], after: Sequence[HistoryDose], today: date
) -> tuple[str, list[str]]:
    """Return what stops the move, or "", and what to think of before it."""
    ids = row_ids(there)
    standing = Vaccination.objects.given().filter(person__in=ids, session=row.session_id, series=row.series).first()
    stop = str(already_recorded(standing)) if standing else ""
    if there.date_of_birth > row.session.date:
        stop = _("They were not born yet on the day of this clinic.")
    warnings = []
    visit = (
        Visit.objects.filter(session=row.session_id, person__in=ids).prefetch_related("consents", "screenings").first()
    )
    if visit is None:
        warnings.append(_("They have no visit at this clinic. One is added."))
    if row.is_given:
        vaccine = row.get_vaccine_display()
        day = row.given_on.isoformat() if row.given_on else ""
        same_day = [dose for dose in before if dose.given_on == day and _of_series(dose, row)]
        if same_day and not standing:
            warnings.append(
                _("Their record has %(vaccine)s on that day already: %(sources)s.")
                % {"vaccine": same_day[0].vaccine_name, "sources": ", ".join(same_day[0].sources)}
            )
        agreed = consent_for(list(visit.consents.all()), row.vaccine) if visit else None
        if agreed is None or agreed.decision != Consent.Decision.GIVEN:
            warnings.append(
                _(
                    "There is no consent to %(vaccine)s for them at this clinic. Consent is missing, and their record "
                    "will say so: “No consent on record: moved from another person’s record”. Report an incident."
                )
                % {"vaccine": vaccine}
            )
        if visit is None or screening_for(list(visit.screenings.all()), row.vaccine) is None:
            warnings.append(
                _("The health questions were not answered for them at this clinic: their record will say so.")
            )
        result = _outlook(there, list(before), row.session.date).of(row.series)
        if result is not None and result.status == "blocked":
            warnings.append(result.reason)
        then = _outlook(there, list(after), today).of(row.series)
        verdicts = [each for each in (then.doses if then else ()) if each.given_on == day]
        warnings += [each.reason for each in verdicts if each.counts is False]
    return stop, warnings


def _of_series(dose: HistoryDose, row: Vaccination) -> bool:
    return dose.vaccine in Vaccine.values and series_of(dose.vaccine) == row.series
