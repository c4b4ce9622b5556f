"""Entries of a history a few days apart: those that wait for a decision, and what was decided."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.serializers import ChoiceField, DayField, IdField, StrictSerializer, TextField
from immunisations.models import DoseJudgement, Person, SeenVaccine
from immunisations.queries import DoseQuestion
from immunisations.serializers.times import shown_day, shown_moment

Pair = tuple[tuple[str, date], tuple[str, date]]


class EntrySerializer(StrictSerializer):
    """One entry of somebody's history: a vaccine and its day."""

    vaccine = ChoiceField([choice for choice in SeenVaccine.choices if choice[0] != SeenVaccine.OTHER])
    given_on = DayField()


class DoseQuestionSerializer(serializers.Serializer):
    """Two entries about which nobody has decided. Only describes what ``shown_question`` returns."""

    first = EntrySerializer()
    second = EntrySerializer()
    words = serializers.CharField()


class DoseJudgementSerializer(serializers.Serializer):
    """What somebody decided about two entries. Only describes what ``shown_judgement`` returns."""

    id = serializers.UUIDField()
    person = serializers.UUIDField()
    first = EntrySerializer()
    second = EntrySerializer()
    verdict = serializers.ChoiceField(DoseJudgement.Verdict.choices)
    holds_on = serializers.DateField(allow_null=True, help_text="The date of the one dose; null where they are two.")
    reason = serializers.CharField()
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField()


class DoseJudgementsSerializer(serializers.Serializer):
    """The pairs of entries that wait for a decision, and every decision, oldest first: the latest of a pair holds."""

    questions = DoseQuestionSerializer(many=True)
    results = DoseJudgementSerializer(many=True)


class NewDoseJudgementSerializer(StrictSerializer):
    """What two entries are, and what that is based on."""

    person = IdField()
    first = EntrySerializer()
    second = EntrySerializer()
    verdict = ChoiceField(DoseJudgement.Verdict.choices)
    holds_on = DayField(required=False, allow_null=True, help_text="With `one_dose`: the day of the two that holds.")
    reason = TextField(max_length=500, help_text="Kept with the history.")
    client_uuid = IdField(required=False, help_text="Your own id of this decision: sent again, it is written once.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a day that holds which is neither of the two, and one for two doses."""
        days = (attrs["first"]["given_on"], attrs["second"]["given_on"])
        holds_on = attrs.get("holds_on")
        if attrs["verdict"] == DoseJudgement.Verdict.ONE_DOSE and holds_on not in days:
            raise serializers.ValidationError({"holds_on": [_("Say which of the two days holds.")]})
        if attrs["verdict"] == DoseJudgement.Verdict.TWO_DOSES and holds_on is not None:
            raise serializers.ValidationError({"holds_on": [_("Two doses keep both their days: leave this out.")]})
        return attrs


def pair_of(row: DoseJudgement) -> Pair:
    """Return the two entries that a decision is about."""
    return (row.first_vaccine, row.first_on), (row.second_vaccine, row.second_on)


def _shown_pair(pair: Pair) -> dict[str, Any]:
    first, second = ({"vaccine": vaccine, "given_on": on.isoformat()} for vaccine, on in pair)
    return {"first": first, "second": second}


def shown_question(question: DoseQuestion) -> dict[str, Any]:
    """Return a pair that waits for a decision as the API shows it."""
    return {**_shown_pair(question.entries), "words": question.words}


def shown_judgement(row: DoseJudgement, person: Person) -> dict[str, Any]:
    """Return a decision about two entries of ``person`` (a root) as the API shows it."""
    return {
        "id": str(row.public_id),
        "person": str(person.public_id),
        **_shown_pair(pair_of(row)),
        "verdict": row.verdict,
        "holds_on": shown_day(row.holds_on),
        "reason": row.reason,
        "decided_by": row.decided_by_name,
        "decided_at": shown_moment(row.decided_at),
    }
