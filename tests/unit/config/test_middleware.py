"""What every answer has in common."""

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from config.middleware import ReadToTheEnd

MEGABYTE = 1024 * 1024


def refuse_what_is_large(request: HttpRequest) -> HttpResponse:
    """Answer as the service does to a body that it does not take."""
    try:
        return HttpResponse(request.body)
    except RequestDataTooBig:
        return HttpResponse(status=413)


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_that_was_refused_is_read_to_its_end_so_that_its_connection_lasts(kind: str) -> None:
    request = RequestFactory().post("/", b"x" * 3 * MEGABYTE, content_type=kind)
    assert ReadToTheEnd(refuse_what_is_large)(request).status_code == 413
    assert request.META["wsgi.input"].read() == b""


def test_nobody_makes_us_read_without_end() -> None:
    request = RequestFactory().post("/", b"x" * 9 * MEGABYTE, content_type="application/json")
    assert ReadToTheEnd(refuse_what_is_large)(request).status_code == 413
    assert len(request.META["wsgi.input"].read()) == 9 * MEGABYTE


def test_what_was_read_already_is_left_alone() -> None:
    def not_found(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.body, status=404)

    request = RequestFactory().post("/", b"x" * 100_000, content_type="application/json")
    assert len(ReadToTheEnd(not_found)(request).content) == 100_000


@pytest.mark.parametrize("length", ["", "abc", "-1", "9" * 30, "²"])
def test_an_odd_length_is_as_none(length: str) -> None:
    request = RequestFactory().get("/", CONTENT_LENGTH=length)
    assert ReadToTheEnd(lambda _request: HttpResponse(status=404))(request).status_code == 404
