"""For whom a product is: what its reviewed ages and what it contains say about one person on one day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinics.models import Product
from immunisations.schedule.dates import Span


@dataclass(frozen=True, slots=True)
class Unsuited:
    """Why a product is not for a person: a code, and a sentence that begins with what the product is."""

    code: str
    message: str


def age_in_text(age: str) -> str:
    """Return an age of the reviewed data, "6 weeks", "9 months" or "10 years", in the language of the page."""
    number, unit = age.split()
    count = int(number)
    if unit.startswith("week"):
        return ngettext("%(count)s week", "%(count)s weeks", count) % {"count": count}
    if unit.startswith("month"):
        return ngettext("%(count)s month", "%(count)s months", count) % {"count": count}
    return ngettext("%(count)s year", "%(count)s years", count) % {"count": count}


def reached_on(born: date, age: str) -> date:
    """Return the day on which somebody reaches an age of the reviewed data, counted as the schedule counts it."""
    return date.fromordinal(Span.parse(age).after(born.toordinal()))


def unsuited_by_age(product: Product, *, born: date, on: date) -> Unsuited | None:
    """Return why the person is too young or too old for the product on a day, or None."""
    if product.from_age and on < reached_on(born, product.from_age):
        return Unsuited(
            "too_young_for_product",
            _("%(product)s is given from %(age)s.") % {"product": product.name, "age": age_in_text(product.from_age)},
        )
    if product.under_age and on >= reached_on(born, product.under_age):
        return Unsuited(
            "too_old_for_product",
            _("%(product)s is given only under %(age)s.")
            % {"product": product.name, "age": age_in_text(product.under_age)},
        )
    return None


def forbidden_by_facts(product: Product, facts: Collection[str]) -> Unsuited | None:
    """Return why nobody may give the product to somebody of whom these facts are confirmed, or None.

    Anaphylaxis to gelatine forbids the products that contain it, and no others (Green Book chapter 21).
    """
    if product.contains_gelatine and "anaphylaxis-gelatine" in facts:
        return Unsuited(
            "gelatine",
            _("%(product)s contains gelatine: anaphylaxis to gelatine is confirmed.") % {"product": product.name},
        )
    return None
