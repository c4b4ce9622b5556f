"""What was confirmed about a person for life, and the word that it does not hold."""

from typing import Any

from rest_framework import serializers

from accounts.serializers import StrictSerializer, TextField
from immunisations.health_questions import FACTS, LASTING_FACTS
from immunisations.models import FactLifted, Person
from immunisations.queries import LastingFact
from immunisations.serializers.times import shown_moment

LASTING = [(code, FACTS[code]) for code in sorted(LASTING_FACTS)]


class LastingFactSerializer(serializers.Serializer):
    """A fact that holds for life. Only describes what ``shown_fact`` returns."""

    fact = serializers.ChoiceField(LASTING)
    words = serializers.CharField()
    confirmed_by = serializers.CharField()
    confirmed_at = serializers.DateTimeField()
    from_reaction = serializers.BooleanField(help_text="Whether it was a reaction to a dose given here.")


class LastingFactsSerializer(serializers.Serializer):
    """Every lasting fact that stands for one person, by code."""

    results = LastingFactSerializer(many=True)


class NewLiftingSerializer(StrictSerializer):
    """Why a fact does not hold."""

    reason = TextField(max_length=300, help_text="Kept with the history.")


class LiftingSerializer(serializers.Serializer):
    """The word that a fact does not hold. Only describes what ``shown_lifting`` returns."""

    id = serializers.UUIDField()
    person = serializers.UUIDField()
    fact = serializers.ChoiceField(LASTING)
    reason = serializers.CharField()
    lifted_by = serializers.CharField()
    lifted_at = serializers.DateTimeField()


def shown_fact(fact: LastingFact) -> dict[str, Any]:
    """Return a lasting fact as the API shows it."""
    return {
        "fact": fact.code,
        "words": str(fact.words),
        "confirmed_by": fact.confirmed_by_name,
        "confirmed_at": shown_moment(fact.confirmed_at),
        "from_reaction": fact.from_reaction,
    }


def shown_lifting(row: FactLifted, person: Person) -> dict[str, Any]:
    """Return the lifting of a fact of ``person`` (a root) as the API shows it."""
    return {
        "id": str(row.public_id),
        "person": str(person.public_id),
        "fact": row.fact,
        "reason": row.reason,
        "lifted_by": row.lifted_by_name,
        "lifted_at": shown_moment(row.lifted_at),
    }
