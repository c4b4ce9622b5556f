"""The dose: which batch, where, and only if asked for anything else."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.forms.clinic_day.times import read_time
from clinics.models import Batch, Product
from immunisations.models import Vaccination
from nhsuk.forms import DateInputField, NhsukForm, RadiosField, SelectField, TextField, field_of

ANOTHER = "another"


class DoseForm(NhsukForm):
    """Batch and site; route, time, direction and note only where they differ from the usual."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    new_product = SelectField(label=gettext_lazy("Product"), subject=gettext_lazy("a product"), choices=(), size="s")
    new_number = TextField(
        label=gettext_lazy("Batch number"), subject=gettext_lazy("the batch number"), max_length=40, size="s", width=20
    )
    new_expires_on = DateInputField(
        label=gettext_lazy("Expiry date"),
        subject=gettext_lazy("the expiry date"),
        help_text=gettext_lazy("As on the box. Where it shows only a month, enter that month’s last day"),
        limit=None,
        size="s",
    )
    batch = RadiosField(
        label=gettext_lazy("Which batch?"),
        subject=gettext_lazy("a batch"),
        choices=(),
        size="m",
        reveals={ANOTHER: ["new_product", "new_number", "new_expires_on"]},
    )
    body_site = RadiosField(
        label=gettext_lazy("Where is it given?"), subject=gettext_lazy("where it is given"), choices=(), size="m"
    )
    override_reason = TextField(
        label=gettext_lazy("Why do you give it all the same?"),
        subject=gettext_lazy("why you give it all the same"),
        max_length=500,
        required=False,
        size="s",
    )
    route = SelectField(label=gettext_lazy("How it is given"), choices=(), required=False, size="s")
    legal_mechanism = SelectField(
        label=gettext_lazy("Given under"), choices=Vaccination.LegalMechanism, required=False, size="s"
    )
    given_time = TextField(
        label=gettext_lazy("Time given, if not now"),
        help_text=gettext_lazy("For example, 10:20am"),
        subject=gettext_lazy("the time given"),
        max_length=20,
        required=False,
        size="s",
        width=10,
    )
    note = TextField(label=gettext_lazy("Note (optional)"), max_length=500, required=False, size="s")

    def __init__(
        self,
        *args: Any,
        batches: Sequence[Batch],
        products: Sequence[Product],
        remembered: Batch | None,
        used_sites: Sequence[str],
        another_day: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.batches = {str(batch.public_id): batch for batch in batches}
        self.products = {product.code: product for product in products}
        self.remembered = remembered
        if remembered is not None:
            for name in ("batch", "new_product", "new_number", "new_expires_on"):
                del self.fields[name]
        else:
            self._offer_batches(batches)
        oral = all(product.route == Product.Route.ORAL for product in products)
        sites = [
            (value, label)
            for value, label in Vaccination.BodySite.choices
            if (value == Vaccination.BodySite.MOUTH) == oral
        ]
        field_of(self, "body_site").choices = sites
        field_of(self, "body_site").nhsuk["choice_hints"] = {site: _("Already used today") for site in used_sites}
        field_of(self, "route").choices = [
            ("", _("As usual for the product")),
            *Product.Route.choices,
        ]
        self.fields["given_time"].required = another_day
        if another_day:
            self.fields["given_time"].label = _("Time given")

    def _offer_batches(self, batches: Sequence[Batch]) -> None:
        several = len({batch.product.vaccine for batch in batches}) > 1
        choices, hints = [], {}
        for batch in batches:
            name = str(batch.product) if several else batch.product.name
            choices.append((str(batch.public_id), f"{name}, {batch.number}"))
            gelatine = _("Contains gelatine from pigs") if batch.product.contains_gelatine else _("No gelatine")
            expires = formats.date_format(batch.expires_on, "j F Y")
            hints[str(batch.public_id)] = _("Expires %(date)s. %(gelatine)s") % {"date": expires, "gelatine": gelatine}
        field = field_of(self, "batch")
        field.choices = [*choices, (ANOTHER, _("Another batch: add it"))]
        field.nhsuk["choice_hints"] = hints
        if choices:
            field.nhsuk["choice_dividers"] = {ANOTHER: _("or")}
        field_of(self, "new_product").choices = [
            ("", _("Choose a product")),
            *((code, str(product)) for code, product in self.products.items()),
        ]

    def clean_given_time(self) -> time | None:
        """Return the time as it was typed, or None where it is now."""
        typed = self.cleaned_data["given_time"]
        if not typed:
            return None
        found = read_time(typed)
        if found is None:
            raise forms.ValidationError(_("Enter a time, like 10:20am or 14:05"))
        return found

    @property
    def unusual_is_wrong(self) -> bool:
        """Whether something is wrong in the part of the form that is folded away."""
        return any(name in self.errors for name in ("route", "legal_mechanism", "given_time", "note"))

    @property
    def adds_batch(self) -> bool:
        """Whether a batch is to be added first."""
        return self.remembered is None and self.cleaned_data.get("batch") == ANOTHER

    def chosen_batch(self) -> Batch | None:
        """Return the batch that was chosen, or None where one is to be added."""
        if self.remembered is not None:
            return self.remembered
        return None if self.adds_batch else self.batches[self.cleaned_data["batch"]]

    def new_batch(self) -> tuple[Product, str, date]:
        """Return product, number and expiry of the batch to add."""
        data = self.cleaned_data
        return self.products[data["new_product"]], data["new_number"], data["new_expires_on"]
