"""Reactions to doses, and follow-ups: what another system sends, and how they look from outside."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.serializers import ChoiceField, DayField, IdField, MomentField, StrictSerializer, TextField
from clinics.times import LONDON
from immunisations.models import FollowUp, Reaction
from immunisations.people import root_of


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(LONDON).isoformat() if moment else None


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
        "began_at": _moment(row.began_at),
        "actions": row.actions,
        "note": row.note,
        "yellow_card_reference": row.yellow_card_reference,
        "product_name": row.product_name,
        "batch_number": row.batch_number,
        "recorded_by": row.recorded_by_name,
        "recorded_at": _moment(row.recorded_at),
        "replaces": str(row.replaces.public_id) if row.replaces else None,
        "reason": row.correction_reason,
    }


class NewFollowUpSerializer(StrictSerializer):
    """Something to be done for somebody after a clinic."""

    person = IdField()
    session = IdField(help_text="The clinic after which it is done.")
    vaccination = IdField(required=False, help_text="The record that asks for it, such as a dose not given.")
    step = ChoiceField(FollowUp.Step.choices)
    due_on = DayField()
    owner = TextField(
        required=False, max_length=150, help_text="The user name of whoever does it; nobody in particular unless given."
    )
    note = TextField(required=False, max_length=300, help_text="Needed where `step` is other.")
    client_uuid = IdField(required=False, help_text="Your own id of it: sent again, it is written once.")


class FollowUpChangeSerializer(StrictSerializer):
    """A follow-up changed, handed over or closed; ``version`` is that of the row as it was read."""

    version = serializers.IntegerField(min_value=1)
    state = ChoiceField(
        [(state, FollowUp.State(state).label) for state in ("done", "dropped")],
        required=False,
        help_text="Closes it; `came_of_it` says what came of it, or why it is not needed.",
    )
    came_of_it = TextField(required=False, max_length=300)
    step = ChoiceField(FollowUp.Step.choices, required=False)
    due_on = DayField(required=False)
    owner = TextField(required=False, max_length=150, allow_blank=True, help_text="Empty: nobody in particular.")
    note = TextField(required=False, max_length=300, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse to close and change in one request, and a request that does neither."""
        changes = {"step", "due_on", "owner", "note"} & set(self.initial_data)
        if attrs.get("state") and changes:
            raise serializers.ValidationError({"state": [_("Close it or change it, not both at once.")]})
        if not attrs.get("state") and not changes:
            raise serializers.ValidationError({"state": [_("Send what to change, or how to close it.")]})
        return {name: value for name, value in attrs.items() if name in self.initial_data}


class FollowUpSerializer(serializers.Serializer):
    """A follow-up. Only describes what ``shown_follow_up`` returns."""

    id = serializers.UUIDField()
    person = serializers.UUIDField()
    session = serializers.UUIDField()
    vaccination = serializers.UUIDField(allow_null=True)
    step = serializers.ChoiceField(FollowUp.Step.choices)
    due_on = serializers.DateField()
    owner = serializers.CharField(help_text="A user name, or empty: nobody in particular.")
    note = serializers.CharField()
    state = serializers.ChoiceField(FollowUp.State.choices)
    version = serializers.IntegerField(help_text="Send it along with a change.")
    made_by = serializers.CharField()
    made_at = serializers.DateTimeField()
    closed_by = serializers.CharField()
    closed_at = serializers.DateTimeField(allow_null=True)
    came_of_it = serializers.CharField()


class FollowUpsSerializer(serializers.Serializer):
    """Follow-ups by day, those overdue first, 50 at most."""

    results = FollowUpSerializer(many=True)
    following = serializers.UUIDField(allow_null=True, help_text="Sent as `after` for the next page; null at the end.")


def shown_follow_up(row: FollowUp) -> dict[str, Any]:
    """Return a follow-up as the API shows it. Session, person, owner and vaccination are loaded."""
    return {
        "id": str(row.public_id),
        "person": str(root_of(row.person).public_id),
        "session": str(row.session.public_id),
        "vaccination": str(row.vaccination.public_id) if row.vaccination else None,
        "step": row.step,
        "due_on": row.due_on.isoformat(),
        "owner": row.owner.username if row.owner else "",
        "note": row.note,
        "state": row.state,
        "version": row.version,
        "made_by": row.made_by_name,
        "made_at": _moment(row.made_at),
        "closed_by": row.closed_by_name,
        "closed_at": _moment(row.closed_at),
        "came_of_it": row.came_of_it,
    }
