"""Corrections of a record: what is wrong with it, what is right, and why it is corrected."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from accounts.serializers import ChoiceField, IdField, MomentField, StrictSerializer, TextField
from clinics.models import Product
from immunisations.models import Vaccination

# What each kind of correction needs, and what else it may bring.
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "details": ((), ("product", "batch_number", "body_site", "route", "given_at", "note", "not_done_reason")),
    "not_given": (("not_done_reason",), ()),
    "other_vaccine": (("product", "batch_number"), ("body_site",)),
    "move": (("move_to",), ()),
    "entered_in_error": ((), ()),
}
ANSWERS = tuple(dict.fromkeys(name for needed, more in KINDS.values() for name in needed + more))


class NewCorrectionSerializer(StrictSerializer):
    """What is wrong with a record, what is right, and why it is corrected."""

    what = ChoiceField(
        [
            ("details", gettext_lazy("Batch, site, route, time, note or reason")),
            ("not_given", gettext_lazy("It was not given after all")),
            ("other_vaccine", gettext_lazy("A vaccine of another course was given")),
            ("move", gettext_lazy("It belongs to another person")),
            ("entered_in_error", gettext_lazy("It was recorded twice, or by mistake")),
        ]
    )
    reason = TextField(max_length=300, help_text="Kept with the record.")
    client_uuid = IdField(required=False, help_text="Your own id of this correction: sent again, it is made once.")
    product = TextField(required=False, max_length=40, help_text="The code of the product that was given.")
    batch_number = TextField(required=False, max_length=40, help_text="Its batch, one your team has.")
    body_site = ChoiceField(Vaccination.BodySite.choices, required=False)
    route = ChoiceField(Product.Route.choices, required=False)
    given_at = MomentField(required=False, help_text="On the clinic's day, with its offset.")
    note = TextField(required=False, max_length=500, allow_blank=True)
    not_done_reason = ChoiceField(Vaccination.Reason.choices, required=False)
    move_to = IdField(required=False, help_text="With `move`: the `id` of the person it belongs to.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what is missing for this kind of correction, and what does not belong to it."""
        needed, more = KINDS[attrs["what"]]
        # A text that was left out comes as an empty one; a note that was sent empty is a correction.
        attrs = {name: value for name, value in attrs.items() if name in self.initial_data}
        wrong: dict[str, Any] = {
            name: [_("This is needed where what is %(what)s.") % {"what": attrs["what"]}]
            for name in needed
            if name not in attrs
        }
        wrong |= {
            name: [_("This does not belong to a correction whose what is %(what)s.") % {"what": attrs["what"]}]
            for name in ANSWERS
            if name in attrs and name not in needed + more
        }
        if ("product" in attrs) != ("batch_number" in attrs):
            wrong["batch_number"] = [_("Send product and batch_number together.")]
        if attrs["what"] == "details" and not any(name in attrs for name in more):
            wrong["what"] = [_("Send at least one detail to correct.")]
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs
