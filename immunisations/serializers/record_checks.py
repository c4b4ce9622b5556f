"""Record checks: one look at one source of somebody's history, with the doses that it shows."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.serializers import ChoiceField, IdField, StrictSerializer, TextField
from immunisations.actions.record_checks import MOST_DOSES
from immunisations.models import Person, RecordCheck, SeenVaccine
from immunisations.serializers.times import shown_moment
from immunisations.written_dates import span_of


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
        "checked_at": shown_moment(check.checked_at),
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
