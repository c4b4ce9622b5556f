"""What a box of vaccine tells: its product, its batch number, its expiry date."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.models import Product
from nhsuk.forms import DateInputField, SelectField, TextField


def product_field() -> SelectField:
    """Return the box that asks for the product; its choices are ``product_choices``."""
    return SelectField(label=gettext_lazy("Product"), subject=gettext_lazy("a product"), choices=(), size="s")


def product_choices(products: Mapping[str, Product]) -> list[tuple[str, str]]:
    """Return the choices of products, by code, with none chosen at first."""
    return [("", _("Choose a product")), *((code, str(product)) for code, product in products.items())]


def number_field() -> TextField:
    """Return the box that asks for the batch number."""
    return TextField(
        label=gettext_lazy("Batch number"), subject=gettext_lazy("the batch number"), max_length=40, size="s", width=20
    )


def expiry_field() -> DateInputField:
    """Return the boxes that ask for the expiry date."""
    return DateInputField(
        label=gettext_lazy("Expiry date"),
        subject=gettext_lazy("the expiry date"),
        help_text=gettext_lazy("As on the box. Where it shows only a month, enter that month’s last day"),
        limit=None,
        size="s",
    )
