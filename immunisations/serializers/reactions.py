"""Reactions to doses that were given here."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.serializers import ChoiceField, IdField, MomentField, StrictSerializer, TextField
from immunisations.models import Reaction
from immunisations.people import root_of
from immunisations.serializers.times import shown_moment


class NewReactionSerializer(StrictSerializer):
    """A suspected reaction to a dose given here."""

    vaccination = IdField(help_text="The `id` of the record of the dose, as it stands.")
    kind = ChoiceField(Reaction.Kind.choices)
    began_at = MomentField(help_text="With its offset; not before the dose, not in the future.")
    actions = serializers.ListField(
        child=ChoiceField(Reaction.Action.choices),
        min_length=1,
        max_length=len(Reaction.Action.values),
        help_text="What was done; `nothing` stands alone.",
    )
    note = TextField(required=False, max_length=1000, help_text="Needed where `kind` is other.")
    yellow_card_reference = TextField(required=False, max_length=60)
    replaces = IdField(required=False, help_text="The `id` of the reaction that this one puts right.")
    reason = TextField(
        required=False,
        max_length=300,
        help_text="Why it is put right; not needed where only a Yellow Card reference is added.",
    )
    client_uuid = IdField(required=False, help_text="Your own id of it: sent again, it is written once.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for words where nothing else says what happened."""
        if attrs["kind"] == Reaction.Kind.OTHER and not attrs.get("note"):
            raise serializers.ValidationError({"note": [_("Say in words what happened.")]})
        return attrs


class ReactionSerializer(serializers.Serializer):
    """A reaction. Only describes what ``shown_reaction`` returns."""

    id = serializers.UUIDField()
    person = serializers.UUIDField()
    vaccination = serializers.UUIDField()
    kind = serializers.ChoiceField(Reaction.Kind.choices)
    began_at = serializers.DateTimeField()
    actions = serializers.ListField(child=serializers.ChoiceField(Reaction.Action.choices))
    note = serializers.CharField()
    yellow_card_reference = serializers.CharField()
    product_name = serializers.CharField()
    batch_number = serializers.CharField()
    recorded_by = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    replaces = serializers.UUIDField(allow_null=True)
    reason = serializers.CharField(help_text="Why it was put right, or why the record of the dose was.")


class ReactionsSerializer(serializers.Serializer):
    """The reactions of one person that stand, by when they began."""

    results = ReactionSerializer(many=True)


def shown_reaction(row: Reaction) -> dict[str, Any]:
    """Return a reaction as the API shows it. The dose with its person and what it replaces are loaded."""
    return {
        "id": str(row.public_id),
        "person": str(root_of(row.vaccination.person).public_id),
        "vaccination": str(row.vaccination.public_id),
        "kind": row.kind,
        "began_at": shown_moment(row.began_at),
        "actions": row.actions,
        "note": row.note,
        "yellow_card_reference": row.yellow_card_reference,
        "product_name": row.product_name,
        "batch_number": row.batch_number,
        "recorded_by": row.recorded_by_name,
        "recorded_at": shown_moment(row.recorded_at),
        "replaces": str(row.replaces.public_id) if row.replaces else None,
        "reason": row.correction_reason,
    }
