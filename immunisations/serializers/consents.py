"""Consent to a dose, as it is sent along with the dose."""

from accounts.serializers import ChoiceField, FlagField, StrictSerializer, TextField
from immunisations.models import Consent


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
