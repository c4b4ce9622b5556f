"""For whom each product is: the first and the last day of every reviewed age."""

from datetime import date, timedelta

import pytest

from clinics.models import Product
from clinics.reference import products
from clinics.vaccines import Vaccine
from immunisations.products import age_in_text, forbidden_by_facts, unsuited_by_age

PRODUCTS = {row["code"]: Product(**row) for row in products()}
BORN = date(2024, 2, 29)
DAY = timedelta(days=1)
# The first day on which each may be given to somebody born on 29 February 2024, and the first on which no longer.
BOUNDS = {
    "priorix": (date(2024, 8, 29), None),
    "mmrvaxpro": (date(2024, 8, 29), None),
    "priorix-tetra": (date(2024, 11, 29), None),
    "proquad": (date(2024, 11, 29), None),
    "infanrix-hexa": (date(2024, 4, 11), date(2034, 3, 1)),
    "vaxelis": (date(2024, 4, 11), date(2034, 3, 1)),
    "boostrix-ipv": (date(2027, 3, 1), None),
    "repevax": (date(2027, 3, 1), None),
    "revaxis": (date(2034, 3, 1), None),
    "bexsero": (date(2024, 4, 11), None),
    "prevenar-13": (date(2024, 4, 11), None),
    "rotarix": (date(2024, 4, 11), date(2024, 8, 15)),
    "gardasil-9": (date(2033, 3, 1), None),
    "menquadfi": (date(2025, 3, 1), None),
    "menitorix": (date(2024, 4, 11), date(2034, 3, 1)),
}


def suited(code: str, on: date) -> bool:
    return unsuited_by_age(PRODUCTS[code], born=BORN, on=on) is None


def test_every_product_has_its_bounds_here():
    assert set(BOUNDS) == set(PRODUCTS)
    assert {product.vaccine for product in PRODUCTS.values()} == set(Vaccine.values)


@pytest.mark.parametrize("code", BOUNDS)
def test_a_product_is_for_its_ages_to_the_day(code):
    first, end = BOUNDS[code]
    assert not suited(code, first - DAY) and suited(code, first)
    if end is None:
        assert suited(code, BORN.replace(year=2104))
    else:
        assert suited(code, end - DAY) and not suited(code, end)


@pytest.mark.parametrize("code", BOUNDS)
def test_every_age_says_where_it_is_from(code):
    assert "Green Book chapter" in PRODUCTS[code].source and "reviewed" in PRODUCTS[code].source
    assert len(PRODUCTS[code].source) <= Product._meta.get_field("source").max_length


def test_an_age_is_said_in_words():
    assert [age_in_text(age) for age in ("6 weeks", "9 months", "1 years")] == ["6 weeks", "9 months", "1 year"]
    too_young = unsuited_by_age(PRODUCTS["proquad"], born=BORN, on=date(2024, 11, 28))
    assert too_young is not None and too_young.message == "ProQuad is given from 9 months."


def test_only_a_product_with_gelatine_is_forbidden_by_anaphylaxis_to_it():
    facts = {"anaphylaxis-gelatine"}
    assert {code for code, product in PRODUCTS.items() if forbidden_by_facts(product, facts)} == {
        "mmrvaxpro",
        "proquad",
    }
    assert forbidden_by_facts(PRODUCTS["proquad"], {"pregnant"}) is None
