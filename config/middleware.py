"""Answers that every page gives alike, before any view is asked."""

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from config.views import bad_request

GetResponse = Callable[[HttpRequest], HttpResponse]


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

    Stands for every door that renders a form (our pages, sign-in, the admin), so that no view has to remember.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        if response.status_code == 200 and wrong(response.context_data or {}):
            response.status_code = 422
        return response


def wrong(context: dict[str, Any]) -> bool:
    """Whether a page's context holds a form that was filled in wrongly, or the admin's list of what is wrong."""
    forms = [each for each in context.values() if isinstance(each, BaseForm | BaseFormSet) and each.is_bound]
    return any(form.errors for form in forms) or bool(context.get("errors")) or bool(context.get("has_errors"))
