"""Vaccinations: doses given at clinics, and why others were not."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.serializers import ChoiceField, DayField, FlagField, IdField, MomentField, StrictSerializer, TextField
from clinics.models import Product
from clinics.vaccines import Series, Vaccine
from immunisations.models import Person, Vaccination
from immunisations.serializers.consents import NewConsentSerializer
from immunisations.serializers.health import NewHealthSerializer
from immunisations.serializers.times import shown_day, shown_moment

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
        "batch_expires_on": shown_day(row.batch_expires_on),
        "body_site": row.body_site,
        "route": row.route,
        "legal_mechanism": row.legal_mechanism,
        "direction": str(row.direction.public_id) if row.direction else None,
        "direction_name": row.legal_mechanism_name,
        "direction_version": row.legal_mechanism_version,
        "direction_valid_until": shown_day(row.legal_mechanism_valid_until),
        "given_at": shown_moment(row.given_at),
        "given_on": shown_day(row.given_on),
        "given_by": row.given_by_name,
        "supplied_by": row.supplied_by_name,
        "place_name": row.place_name,
        "warnings": row.cautions,
        "override_reason": row.override_reason,
        "note": row.note,
        "parents_not_told": row.parents_not_told,
        "not_on_record": row.not_on_record,
        "recorded_by": row.recorded_by_name,
        "recorded_at": shown_moment(row.recorded_at),
        "device_at": shown_moment(row.device_at),
        "replaces": str(row.replaces.public_id) if row.replaces else None,
        "replaced_by": str(replaced_by.public_id) if replaced_by else None,
    }
