"""The health questions before a dose, as their answers are sent along with the dose."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.serializers import ChoiceField, FlagField, StrictSerializer, TextField
from clinics.vaccines import Vaccine
from immunisations.health_questions import BY_CODE, FACTS


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
