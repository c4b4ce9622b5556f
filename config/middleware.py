"""Answers that every page gives alike, before any view is asked."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.template.response import TemplateResponse

from config.views import bad_request

GetResponse = Callable[[HttpRequest], HttpResponse]


class ReadToTheEnd:
    """Read what is left of a body that was refused before it was read.

    A server closes the connection of such a body without a word, and whoever sends the next request on it, a proxy of
    ours too, finds it gone. Of a body larger than ``MOST_BYTES`` nothing more is read: that connection may go.
    """

    MOST_BYTES = 8 * 1024 * 1024
    PIECE = 64 * 1024

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 400 and self.PIECE < content_length(request) <= self.MOST_BYTES:
            with suppress(UnreadablePostError):
                while request.read(self.PIECE):
                    pass
        return response


def content_length(request: HttpRequest) -> int:
    """Return how long the request says that its body is."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isascii() and said.isdigit() else 0


class RefuseNul:
    """Refuse a path or query string that holds a NUL character: PostgreSQL cannot store or compare one.

    Posted fields are refused by their own forms and serialisers, which can say which field it was.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)


class SayWhatIsWrong:
    """Answer 422 where a form comes back with what is wrong in it: the page is shown, and nothing was done.

    An address that is asked in a way it does not know (405) says so in words. Stands for every door (our pages,
    sign-in, the admin), so that no view has to remember.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            said = bad_request(request)
            response.content, response["Content-Type"] = said.content, said["Content-Type"]
        return response

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        if response.status_code == 200 and wrong(response.context_data or {}):
            response.status_code = 422
        return response


def wrong(context: dict[str, Any]) -> bool:
    """Whether a page's context holds a form that was filled in wrongly, or the admin's list of what is wrong."""
    forms = [each for each in context.values() if isinstance(each, BaseForm | BaseFormSet) and each.is_bound]
    return any(form.errors for form in forms) or bool(context.get("errors")) or bool(context.get("has_errors"))
