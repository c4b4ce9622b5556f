"""No address carries what a person is called, when they were born or how to reach them."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver, path

PERSONAL = {
    "address", "born", "date_of_birth", "dob", "email", "first_name", "forename", "last_name", "name", "nhs_number",
    "phone", "postcode", "surname",
}  # fmt: skip


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every pattern under ``resolver`` with its whole route."""
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        else:
            yield route, one


def personal(found: Iterator[tuple[str, URLPattern]]) -> list[str]:
    """Return the routes that take something personal."""
    return [route for route, one in found if PERSONAL & set(one.pattern.regex.groupindex)]


def test_no_address_carries_personal_data() -> None:
    assert not personal(patterns(get_resolver()))


def test_a_planted_address_is_found() -> None:
    planted = path("people/<str:nhs_number>/", lambda request: None)
    assert personal(iter([("people/<str:nhs_number>/", planted)])) == ["people/<str:nhs_number>/"]
