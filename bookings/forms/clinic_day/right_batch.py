"""The batch that was given: one of the team's, or one that is added in place."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.forms.batches import expiry_field, number_field, product_choices, product_field
from clinics.models import Batch, Product
from nhsuk.forms import NhsukForm, RadiosField, field_of

ANOTHER = "another"


def batch_words(batch: Batch) -> str:
    """Return a batch as lists of them show it, its quarantine included."""
    words = f"{batch.product}, {batch.number}"
    return _("%(batch)s (quarantined)") % {"batch": words} if batch.quarantined_at else words


class RightBatchForm(NhsukForm):
    """Which batch it was. Every batch that could have been given that day is offered, quarantined ones too."""

    batch = RadiosField(
        label=gettext_lazy("Which batch was it?"),
        subject=gettext_lazy("the batch"),
        choices=(),
        size="m",
        reveals={ANOTHER: ["new_product", "new_number", "new_expires_on"]},
    )
    new_product = product_field()
    new_number = number_field()
    new_expires_on = expiry_field()

    def __init__(
        self,
        *args: Any,
        batches: Sequence[Batch],
        products: Sequence[Product],
        team_id: int,
        on: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.batches = {str(batch.public_id): batch for batch in batches}
        self.products = {product.code: product for product in products}
        self.team_id, self.on = team_id, on
        field = field_of(self, "batch")
        field.choices = [
            *((key, batch_words(batch)) for key, batch in self.batches.items()),
            (ANOTHER, _("Another batch: add it")),
        ]
        field.nhsuk["choice_hints"] = {
            key: _("Expires %(date)s.") % {"date": formats.date_format(batch.expires_on, "j F Y")}
            for key, batch in self.batches.items()
        }
        if self.batches:
            field.nhsuk["choice_dividers"] = {ANOTHER: _("or")}
        field_of(self, "new_product").choices = product_choices(self.products)
        self._right: Batch | None = None

    def clean(self) -> dict[str, Any]:
        """Find the batch; one to be added must have been in date on the day, and be as it is known."""
        data: dict[str, Any] = super().clean() or {}
        chosen = data.get("batch")
        if chosen and chosen != ANOTHER:
            self._right = self.batches[chosen]
        elif chosen == ANOTHER and data.get("new_product") and data.get("new_number") and data.get("new_expires_on"):
            self._right = self._added(self.products[data["new_product"]], data["new_number"], data["new_expires_on"])
        return data

    def _added(self, product: Product, number: str, expires_on: date) -> Batch | None:
        number = " ".join(number.split()).upper()
        known = (
            Batch.objects.filter(team=self.team_id, product=product, number=number).select_related("product").first()
        )
        words = {
            "number": number,
            "date": formats.date_format((known or Batch(expires_on=expires_on)).expires_on, "j F Y"),
        }
        if known is not None and known.expires_on != expires_on:
            self.add_error(
                "new_expires_on",
                _("Batch %(number)s is known with another expiry date: %(date)s. Check the box.") % words,
            )
            return None
        if expires_on < self.on:
            self.add_error("new_expires_on", _("Batch %(number)s expired on %(date)s.") % words)
            return None
        return known or Batch(team_id=self.team_id, product=product, number=number, expires_on=expires_on)

    @property
    def right_batch(self) -> Batch:
        """The batch of a valid form. One without a key is to be added first."""
        if self._right is None:
            raise ValueError("the form is not valid")
        return self._right
