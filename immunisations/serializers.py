"""People and their records: what another system sends, and how they look from outside."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.serializers import (
    ChoiceField,
    DayField,
    FlagField,
    IdField,
    MomentField,
    NhsNumberField,
    PhoneField,
    PostcodeField,
    StrictSerializer,
    TextField,
)
from clinics.models import Product
from clinics.times import LONDON
from clinics.vaccines import Series, Vaccine
from immunisations.actions.record_checks import MOST_DOSES
from immunisations.health_questions import BY_CODE, FACTS
from immunisations.models import Consent, Person, Practice, RecordCheck, SeenVaccine, Vaccination
from immunisations.queries import Forecast, HistoryDose
from immunisations.schedule import STATUSES, DoseVerdict, SeriesForecast
from immunisations.search import Found
from immunisations.written_dates import span_of


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(LONDON).isoformat() if moment else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


class NewPersonSerializer(StrictSerializer):
    """Somebody to be added to a team's people: a first name and a date of birth are enough."""

    team = IdField(required=False, help_text="The `id` of the team; needed only where you work for several.")
    first_name = TextField(max_length=100)
    last_name = TextField(required=False, max_length=100)
    date_of_birth = DayField(past=True)
    date_of_birth_is_approximate = FlagField(default=False)
    sex = ChoiceField(Person.Sex.choices, default="", allow_blank=True)
    nhs_number = NhsNumberField(required=False)
    address = TextField(required=False, max_length=300)
    postcode = PostcodeField(required=False)
    no_fixed_abode = FlagField(default=False)
    gp_registration = ChoiceField(Person.GPRegistration.choices, default=Person.GPRegistration.UNKNOWN.value)
    practice = TextField(required=False, max_length=10, help_text="The ODS code of a GP practice on our list.")
    phone = PhoneField(required=False)
    language = TextField(required=False, max_length=60)
    interpreter_needed = FlagField(default=False)
    note = TextField(required=False, max_length=300, help_text="Only what the person agreed that staff should know.")

    def validate_practice(self, code: str) -> Practice | None:
        """Return the practice with this ODS code, None where none was given."""
        if not code:
            return None
        practice = Practice.objects.filter(ods_code=code.upper()).first()
        if practice is None:
            raise serializers.ValidationError(_("No GP practice with this code is on our list."))
        return practice


class SearchSerializer(StrictSerializer):
    """What is known of somebody who is looked for."""

    team = IdField(required=False)
    text = TextField(
        max_length=200,
        help_text="Parts of a name, a date of birth, an NHS number, a postcode, in any order.",
    )


class PersonSerializer(serializers.Serializer):
    """A person. Only describes what ``shown_person`` returns."""

    id = serializers.UUIDField(help_text="Of the record that stands for them, where records were merged.")
    team = serializers.UUIDField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    date_of_birth = serializers.DateField()
    date_of_birth_is_approximate = serializers.BooleanField()
    sex = serializers.ChoiceField(Person.Sex.choices, allow_blank=True)
    nhs_number = serializers.CharField(help_text="Ten digits, or empty.")
    address = serializers.CharField()
    postcode = serializers.CharField()
    no_fixed_abode = serializers.BooleanField()
    gp_registration = serializers.ChoiceField(Person.GPRegistration.choices)
    practice = serializers.CharField(help_text="Its ODS code, or empty.")
    phone = serializers.CharField()
    language = serializers.CharField()
    interpreter_needed = serializers.BooleanField()
    note = serializers.CharField()


class FoundPersonSerializer(serializers.Serializer):
    """Somebody whom a search found."""

    id = serializers.UUIDField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    date_of_birth = serializers.DateField()
    nhs_number = serializers.CharField()
    postcode = serializers.CharField()
    why = serializers.ListField(child=serializers.CharField(), help_text="Why they were found, in words.")


class FoundPeopleSerializer(serializers.Serializer):
    """Who was found, best first, 30 at most."""

    results = FoundPersonSerializer(many=True)


def shown_person(person: Person) -> dict[str, Any]:
    """Return a person as the API shows them. Team and practice must be loaded with the row, which must be a root."""
    return {
        "id": str(person.public_id),
        "team": str(person.team.public_id),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "date_of_birth": person.date_of_birth.isoformat(),
        "date_of_birth_is_approximate": person.date_of_birth_is_approximate,
        "sex": person.sex,
        "nhs_number": person.nhs_number,
        "address": person.address,
        "postcode": person.postcode,
        "no_fixed_abode": person.no_fixed_abode,
        "gp_registration": person.gp_registration,
        "practice": person.practice.ods_code if person.practice else "",
        "phone": person.phone,
        "language": person.language,
        "interpreter_needed": person.interpreter_needed,
        "note": person.note,
    }


def shown_found(found: Found) -> dict[str, Any]:
    """Return somebody whom a search found."""
    person = found.person
    return {
        "id": str(person.public_id),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "date_of_birth": person.date_of_birth.isoformat(),
        "nhs_number": person.nhs_number,
        "postcode": person.postcode,
        "why": [str(reason) for reason in found.why],
    }


class WrittenDateField(TextField):
    """A date as a record has it: a day, a month or a year."""

    def to_internal_value(self, data: Any) -> str:
        """Return the date as it was written."""
        text = super().to_internal_value(data)
        try:
            span_of(text)
        except (ValueError, OverflowError) as wrong:
            raise serializers.ValidationError(
                _("Give the date as YYYY-MM-DD, YYYY-MM or YYYY, as the record has it.")
            ) from wrong
        return text


class NewDoseSeenSerializer(StrictSerializer):
    """A dose that a record shows."""

    vaccine = ChoiceField(SeenVaccine.choices)
    given_on = WrittenDateField(
        max_length=10, help_text="YYYY-MM-DD, YYYY-MM or YYYY: never more exact than the record."
    )
    country = TextField(required=False, max_length=60)
    batch_number = TextField(required=False, max_length=40)
    as_written = TextField(
        required=False,
        max_length=60,
        help_text="The vaccine in the record's own words; needed where `vaccine` is OTHER.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for the name of a vaccine that is on no list."""
        if attrs["vaccine"] == SeenVaccine.OTHER and not attrs.get("as_written"):
            raise serializers.ValidationError({"as_written": [_("Give the vaccine as the record has it.")]})
        return attrs


class NewRecordCheckSerializer(StrictSerializer):
    """One look at one source of somebody's history."""

    person = IdField()
    session = IdField(required=False, help_text="The clinic at which it was made, if at one: their visit begins there.")
    # The framework takes fields off the class: its own ``source`` stays.
    source = ChoiceField(RecordCheck.Source.choices)  # type: ignore[assignment]
    outcome = ChoiceField(RecordCheck.Outcome.choices)
    finding = TextField(max_length=500, help_text="In one sentence.")
    source_name = TextField(
        required=False, max_length=100, help_text="The exact name of the source, such as CHIS file of 3 May."
    )
    how_seen = TextField(required=False, max_length=200)
    doses = serializers.ListField(child=NewDoseSeenSerializer(), max_length=MOST_DOSES, default=list)
    client_uuid = IdField(required=False, help_text="Your own id of this check: sent again, it is written once.")


class DoseSeenSerializer(serializers.Serializer):
    """A dose that a record shows."""

    vaccine = serializers.ChoiceField(SeenVaccine.choices)
    given_on = serializers.CharField()
    as_written = serializers.CharField(help_text="The vaccine in the record's own words, or empty.")
    country = serializers.CharField()
    batch_number = serializers.CharField()


class RecordCheckSerializer(serializers.Serializer):
    """One look at one source. Only describes what ``shown_check`` returns."""

    id = serializers.UUIDField()
    person = serializers.UUIDField()
    source = serializers.ChoiceField(RecordCheck.Source.choices)  # type: ignore[assignment]
    source_name = serializers.CharField(help_text="The exact name of the source, or empty.")
    round = serializers.UUIDField(
        allow_null=True,
        help_text="Checks of sources looked at in one go share it, and their finding. Null where one came alone.",
    )
    outcome = serializers.ChoiceField(RecordCheck.Outcome.choices)
    finding = serializers.CharField()
    how_seen = serializers.CharField()
    checked_by = serializers.CharField()
    checked_at = serializers.DateTimeField()
    doses = DoseSeenSerializer(many=True)


class RecordChecksSerializer(serializers.Serializer):
    """Every record check of one person, newest first."""

    results = RecordCheckSerializer(many=True)


def shown_check(check: RecordCheck, person: Person) -> dict[str, Any]:
    """Return a record check of ``person`` (a root) as the API shows it. Its doses must be prefetched."""
    return {
        "id": str(check.public_id),
        "person": str(person.public_id),
        "source": check.source,
        "source_name": check.source_name,
        "round": str(check.round) if check.round else None,
        "outcome": check.outcome,
        "finding": check.finding,
        "how_seen": check.how_seen,
        "checked_by": check.checked_by_name,
        "checked_at": _moment(check.checked_at),
        "doses": [
            {
                "vaccine": dose.vaccine,
                "given_on": dose.given_on,
                "as_written": dose.as_written,
                "country": dose.country,
                "batch_number": dose.batch_number,
            }
            for dose in check.doses.all()
        ],
    }


class GillickSerializer(StrictSerializer):
    """What a young person knows who decides alone: all five are asked, and consent stands on five times yes."""

    knows_vaccination = FlagField(help_text="Which vaccination it is.")
    knows_disease = FlagField(help_text="The disease it protects against.")
    knows_consequences = FlagField(help_text="What may follow, with and without it.")
    knows_procedure = FlagField(help_text="How it is given.")
    knows_side_effects = FlagField(help_text="The side effects.")


class NewConsentSerializer(StrictSerializer):
    """Who agreed to the dose."""

    route = ChoiceField(Consent.Route.choices)
    given_by_name = TextField(max_length=200)
    relationship = TextField(required=False, max_length=60)
    phone = TextField(required=False, max_length=30, help_text="With `parent_phone`: the number that was called.")
    heard_by_name = TextField(required=False, max_length=200, help_text="With `parent_phone`: who else heard the call.")
    gillick = GillickSerializer(required=False, help_text="With `gillick`.")
    parents_not_told = FlagField(
        required=False, help_text="With `gillick`, or `own` under 18: the young person’s wish. Send nothing to parents."
    )
    note = TextField(
        required=False, max_length=500, help_text="With `best_interests`: who was consulted, which is needed."
    )


class AnswerSerializer(StrictSerializer):
    """The answer to one health question."""

    question = ChoiceField([(code, question.text) for code, question in BY_CODE.items()])
    details = TextField(required=False, max_length=500)
    facts = serializers.ListField(
        child=ChoiceField(list(FACTS.items())),
        max_length=len(FACTS),
        default=list,
        help_text="What a vaccinator confirmed behind the yes: each under the question that it belongs to.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a fact under another question: left out, it would stop nothing."""
        misplaced = [fact for fact in attrs["facts"] if fact not in BY_CODE[attrs["question"]].facts]
        if misplaced:
            raise serializers.ValidationError(
                {
                    "facts": [
                        _("This does not belong to the question %(question)s: %(facts)s.")
                        % {"question": attrs["question"], "facts": ", ".join(misplaced)}
                    ]
                }
            )
        return attrs


class NewHealthSerializer(StrictSerializer):
    """What was asked and confirmed before the dose."""

    well_today = FlagField()
    not_pregnant = FlagField(default=None, allow_null=True, help_text="Null where it need not be asked.")
    identity_confirmed_by = TextField(max_length=200)
    vaccines = serializers.ListField(
        child=ChoiceField(Vaccine.choices),
        max_length=len(Vaccine.values),
        default=list,
        help_text="Every vaccine the questions were asked for; the one of this dose unless given.",
    )
    yes = serializers.ListField(
        child=AnswerSerializer(),
        max_length=len(BY_CODE),
        default=list,
        help_text="Every health question that was answered with yes; the others were asked and answered with no.",
    )


# What belongs to a dose that was given, and what to one that was not.
WHEN_GIVEN = ("product", "batch_number", "body_site")
ALSO_WHEN_GIVEN = (
    "route",
    "legal_mechanism",
    "direction",
    "patient_direction",
    "given_at",
    "given_by",
    "supplied_by",
    "device_at",
    "consent",
    "health",
    "override_reason",
    "gelatine_free",
)
WHEN_NOT_DONE = ("reason",)


class PatientDirectionSerializer(StrictSerializer):
    """A direction for one person, as its prescriber wrote it."""

    name = TextField(max_length=120, help_text="The prescriber, or the name of the direction.")
    version = TextField(max_length=20, help_text="Its version, or the day it was written.")
    valid_until = DayField(help_text="The last day on which it may be followed.")


class NewVaccinationSerializer(StrictSerializer):
    """A dose given at a clinic, or why it was not."""

    person = IdField()
    session = IdField()
    client_uuid = IdField(required=False, help_text="Your own id of this record: sent again, it is written once.")
    status = ChoiceField([("completed", _("Given")), ("not-done", _("Not given"))])
    series = ChoiceField(Series.choices)
    reason = ChoiceField(Vaccination.Reason.choices, required=False, help_text="With `not-done`: why.")
    product = TextField(
        required=False, default="", max_length=40, help_text="With `completed`: the product's code, such as `priorix`."
    )
    batch_number = TextField(
        required=False,
        default="",
        max_length=40,
        help_text="With `completed`: as on the box; one your team has.",
    )
    body_site = ChoiceField(Vaccination.BodySite.choices, required=False, help_text="With `completed`.")
    route = ChoiceField(Product.Route.choices, required=False, help_text="The product's usual one unless given.")
    legal_mechanism = ChoiceField(
        Vaccination.LegalMechanism.choices,
        required=False,
        help_text="The kind of direction it is given under, where your team has several in force for the vaccine.",
    )
    direction = IdField(
        required=False,
        help_text="Your team’s direction it is given under; the only one in force for the vaccine unless given.",
    )
    patient_direction = PatientDirectionSerializer(
        required=False, help_text="Instead: a patient specific direction (PSD) for this person alone."
    )
    given_at = MomentField(required=False, help_text="When it was given, with its offset; now unless given.")
    given_by = TextField(
        required=False, max_length=150, help_text="The user name of the vaccinator who gave it; you unless given."
    )
    supplied_by = TextField(
        required=False, max_length=150, help_text="The user name of the member of the team who supplied it, if another."
    )
    device_at = MomentField(
        required=False, help_text="What the clock of the device said. Kept beside the service’s own time."
    )
    consent = NewConsentSerializer(required=False, help_text="Unless recorded on the visit already.")
    health = NewHealthSerializer(required=False, help_text="Unless recorded on the visit already.")
    override_reason = TextField(
        required=False, max_length=500, help_text="Why it was given against the warnings of a 409 `needs_reason`."
    )
    gelatine_free = FlagField(required=False, help_text="The family asked for a vaccine without gelatine.")
    note = TextField(required=False, max_length=500)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a dose without what it needs, and what belongs to the other kind of record."""
        given = attrs["status"] == Vaccination.Status.COMPLETED
        needed, others = (WHEN_GIVEN, WHEN_NOT_DONE) if given else (WHEN_NOT_DONE, WHEN_GIVEN + ALSO_WHEN_GIVEN)
        errors: dict[str, Any] = {
            name: [_("This is needed where status is %(status)s.") % {"status": attrs["status"]}]
            for name in needed
            if not attrs.get(name)
        }
        errors |= {
            name: [_("This does not belong to a record whose status is %(status)s.") % {"status": attrs["status"]}]
            for name in others
            if attrs.get(name)
        }
        if given and attrs.get("patient_direction") and (attrs.get("direction") or attrs.get("legal_mechanism")):
            errors["patient_direction"] = [_("Name one direction: your team’s, or the one for this person alone.")]
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


class VaccinationSerializer(serializers.Serializer):
    """A dose, or why it was not given. Only describes what ``shown_vaccination`` returns."""

    id = serializers.UUIDField()
    person = serializers.UUIDField()
    session = serializers.UUIDField()
    status = serializers.ChoiceField(Vaccination.Status.choices)
    current = serializers.BooleanField(help_text="Whether it stands: not replaced, and not entered in error.")
    series = serializers.ChoiceField(Series.choices)
    vaccine = serializers.ChoiceField(Vaccine.choices, allow_blank=True)
    dose_number = serializers.IntegerField(allow_null=True)
    reason = serializers.ChoiceField(Vaccination.Reason.choices, allow_blank=True)
    product_name = serializers.CharField()
    batch_number = serializers.CharField()
    batch_expires_on = serializers.DateField(allow_null=True)
    body_site = serializers.ChoiceField(Vaccination.BodySite.choices, allow_blank=True)
    route = serializers.ChoiceField(Product.Route.choices, allow_blank=True)
    legal_mechanism = serializers.ChoiceField(Vaccination.LegalMechanism.choices, allow_blank=True)
    direction = serializers.UUIDField(allow_null=True, help_text="Null where it was one for this person alone.")
    direction_name = serializers.CharField()
    direction_version = serializers.CharField()
    direction_valid_until = serializers.DateField(allow_null=True)
    given_at = serializers.DateTimeField(allow_null=True)
    given_on = serializers.DateField(allow_null=True)
    given_by = serializers.CharField()
    supplied_by = serializers.CharField()
    place_name = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField(), help_text="Codes of what was gone against.")
    override_reason = serializers.CharField()
    note = serializers.CharField()
    parents_not_told = serializers.BooleanField(
        help_text="The young person’s wish: nothing about it goes to a parent, and it is not sent on by itself."
    )
    not_on_record = serializers.ListField(
        child=serializers.CharField(),
        help_text="What a dose lacks that was moved from another person’s record, in words: their consent stays there.",
    )
    recorded_by = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    device_at = serializers.DateTimeField(allow_null=True)
    replaces = serializers.UUIDField(allow_null=True)
    replaced_by = serializers.UUIDField(allow_null=True)


class VaccinationsSerializer(serializers.Serializer):
    """Every row about one person's doses here, corrected and wrong ones included, oldest first."""

    results = VaccinationSerializer(many=True)


def shown_vaccination(row: Vaccination, person: Person) -> dict[str, Any]:
    """Return a vaccination of ``person`` (a root) as the API shows it. Session, direction, replaces and replaced_by are
    loaded.
    """
    replaced_by: Vaccination | None = getattr(row, "replaced_by", None)
    return {
        "id": str(row.public_id),
        "person": str(person.public_id),
        "session": str(row.session.public_id),
        "status": row.status,
        "current": replaced_by is None and row.status != Vaccination.Status.ENTERED_IN_ERROR,
        "series": row.series,
        "vaccine": row.vaccine,
        "dose_number": row.dose_number,
        "reason": row.not_done_reason,
        "product_name": row.product_name,
        "batch_number": row.batch_number,
        "batch_expires_on": _day(row.batch_expires_on),
        "body_site": row.body_site,
        "route": row.route,
        "legal_mechanism": row.legal_mechanism,
        "direction": str(row.direction.public_id) if row.direction else None,
        "direction_name": row.legal_mechanism_name,
        "direction_version": row.legal_mechanism_version,
        "direction_valid_until": _day(row.legal_mechanism_valid_until),
        "given_at": _moment(row.given_at),
        "given_on": _day(row.given_on),
        "given_by": row.given_by_name,
        "supplied_by": row.supplied_by_name,
        "place_name": row.place_name,
        "warnings": row.cautions,
        "override_reason": row.override_reason,
        "note": row.note,
        "parents_not_told": row.parents_not_told,
        "not_on_record": row.not_on_record,
        "recorded_by": row.recorded_by_name,
        "recorded_at": _moment(row.recorded_at),
        "device_at": _moment(row.device_at),
        "replaces": str(row.replaces.public_id) if row.replaces else None,
        "replaced_by": str(replaced_by.public_id) if replaced_by else None,
    }


class DoseVerdictSerializer(serializers.Serializer):
    """Whether one dose counts, and why."""

    vaccine = serializers.CharField()
    given_on = serializers.CharField(help_text="As exactly as it is known: YYYY-MM-DD, YYYY-MM or YYYY.")
    counts = serializers.BooleanField(allow_null=True, help_text="Null where it depends on a date not fully known.")
    code = serializers.CharField()
    params = serializers.DictField()
    reason = serializers.CharField(help_text="In English, to the day.")
    rule = serializers.CharField()
    sources = serializers.ListField(child=serializers.CharField())


class SeriesForecastSerializer(serializers.Serializer):
    """Where one series stands."""

    series = serializers.CharField()
    status = serializers.ChoiceField([(status, status) for status in STATUSES])
    counted = serializers.IntegerField(help_text="How many doses count.")
    next_dose = serializers.IntegerField(allow_null=True)
    vaccine = serializers.CharField(allow_null=True)
    earliest_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    counts_if_given = serializers.BooleanField(allow_null=True)
    code = serializers.CharField()
    params = serializers.DictField()
    reason = serializers.CharField()
    rule = serializers.CharField()
    doses = DoseVerdictSerializer(many=True)


class ImpossibleDoseSerializer(serializers.Serializer):
    """A dose dated before birth or after the day that was asked about: left out of the reckoning."""

    vaccine = serializers.CharField()
    given_on = serializers.CharField()
    sources = serializers.ListField(child=serializers.CharField())


class ForecastSerializer(serializers.Serializer):
    """Where every series stands. Only describes what ``shown_forecast`` returns."""

    person = serializers.UUIDField()
    on = serializers.DateField()
    facts = serializers.ListField(child=serializers.CharField(), help_text="What was taken into account.")
    series = SeriesForecastSerializer(many=True)
    impossible = ImpossibleDoseSerializer(many=True)
    problem = serializers.CharField(help_text="Why nothing can be said, or empty.")


def _verdict(verdict: DoseVerdict) -> dict[str, Any]:
    return {
        "vaccine": verdict.vaccine,
        "given_on": verdict.given_on,
        "counts": verdict.counts,
        "code": verdict.code,
        "params": dict(verdict.params),
        "reason": verdict.reason,
        "rule": verdict.rule,
        "sources": [str(source) for source in verdict.sources],
    }


def _standing(result: SeriesForecast) -> dict[str, Any]:
    return {
        "series": result.series,
        "status": result.status,
        "counted": result.counted,
        "next_dose": result.next_dose,
        "vaccine": result.vaccine,
        "earliest_on": _day(result.earliest_on),
        "due_on": _day(result.due_on),
        "counts_if_given": result.counts_if_given,
        "code": result.code,
        "params": dict(result.params),
        "reason": result.reason,
        "rule": result.rule,
        "doses": [_verdict(verdict) for verdict in result.doses],
    }


def _impossible(dose: HistoryDose) -> dict[str, Any]:
    return {"vaccine": dose.vaccine, "given_on": dose.given_on, "sources": [str(source) for source in dose.sources]}


def shown_forecast(outlook: Forecast, person: Person, on: date, facts: Collection[str]) -> dict[str, Any]:
    """Return where every series stands for ``person`` (a root), as the API shows it."""
    return {
        "person": str(person.public_id),
        "on": on.isoformat(),
        "facts": sorted(facts),
        "series": [_standing(result) for result in outlook.series],
        "impossible": [_impossible(dose) for dose in outlook.impossible],
        "problem": str(outlook.problem),
    }
