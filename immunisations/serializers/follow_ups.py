"""Follow-ups: what is still to be done for somebody after a clinic."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.serializers import ChoiceField, DayField, IdField, StrictSerializer, TextField
from immunisations.models import FollowUp
from immunisations.people import root_of
from immunisations.serializers.times import shown_moment


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
        "made_at": shown_moment(row.made_at),
        "closed_by": row.closed_by_name,
        "closed_at": shown_moment(row.closed_at),
        "came_of_it": row.came_of_it,
    }
