"""The list of clinics, and each clinic's own page."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from clinics import queries
from clinics.finder import find
from clinics.forms.public import NONE_OF_THESE, ListForm, WhichForm
from clinics.vaccines import Vaccine

# The guide that says more about a vaccine.
GUIDES: dict[str, str] = {
    Vaccine.MMR: "mmr-and-mmrv",
    Vaccine.MMRV: "mmr-and-mmrv",
    Vaccine.SIX_IN_ONE: "6-in-1",
}


def page_number(request: HttpRequest) -> int:
    """Return the page asked for; 1 for anything that is not a page's number."""
    typed = request.GET.get("page", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def list_query(near: str, only: Sequence[str]) -> str:
    """Return the query of the list's address: a town or an outward code, and the wishes."""
    return urlencode([*([("near", near)] if near else []), *(("only", wish) for wish in only)])


# A search changes nothing, so a form from elsewhere can do no harm, and people without cookies can look for a clinic.
@method_decorator(csrf_exempt, name="dispatch")
class ClinicList(View):
    """The clinics to come, nearest first once somebody said where they want to go.

    What is typed is sent by POST and reduced to an outward code or a town before it is in any address; an address
    made elsewhere with something finer in it is sent on to the reduced one.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the clinics, near the place in the address if there is one."""
        near = request.GET.get("near", "").strip()
        only = [wish for wish in queries.WISHES if wish in request.GET.getlist("only")]
        listed = queries.clinic_list(at=timezone.now(), near=near, wishes=only, page=page_number(request))
        where = listed.found.where
        if where is not None and where.name != near:
            return self.reduced(where.name, only)
        asked = {"near": near, "only": only}
        return self.page(request, listed, ListForm(asked) if near else ListForm(initial=asked), only)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send the searcher on to the list near the place they typed, or say that there is no such place."""
        if "choose" in request.POST:
            return self.choose(request)
        form = ListForm(request.POST)
        at = timezone.now()
        found = queries.Found()
        if form.is_valid():
            near, only = form.cleaned_data["near"], form.cleaned_data["only"]
            found = find(near, queries.listed_towns(at)) if near else found
            if found.where is not None or not near:
                return self.reduced(found.where.name if found.where else "", only)
        listed = queries.clinic_list(at=at)
        listed.found = found
        return self.page(request, listed, form, [])

    def choose(self, request: HttpRequest) -> HttpResponse:
        """Take the one place that was meant of several."""
        only = [wish for wish in queries.WISHES if wish in request.POST.getlist("only")]
        typed = request.POST.get("near", "").replace("\x00", "")
        at = timezone.now()
        found = find(typed, queries.listed_towns(at))
        which = WhichForm(request.POST, towns=found.choices)
        if which.is_valid():
            chosen = which.cleaned_data["which"]
            return self.reduced("" if chosen == NONE_OF_THESE else chosen, only)
        if not found.choices:
            # The clinics have changed, or it is no form of ours: search for what was typed.
            return self.reduced(found.where.name if found.where else "", only)
        listed = queries.clinic_list(at=at)
        listed.found = found
        return self.page(request, listed, ListForm(initial={"near": typed, "only": only}), only, which=which)

    def reduced(self, near: str, only: Sequence[str]) -> HttpResponse:
        """Lead to the list at an address that holds no more than a town or an outward code."""
        return HttpResponseRedirect(f"{reverse('clinic-list')}?{list_query(near, only)}")

    def page(
        self,
        request: HttpRequest,
        listed: queries.ClinicList,
        form: ListForm,
        only: Sequence[str],
        which: WhichForm | None = None,
    ) -> HttpResponse:
        """Show the list with its search box."""
        if form.is_bound and form.is_valid() and listed.found.where is None and not listed.found.choices:
            form.not_found()
        near = listed.found.where
        context: dict[str, Any] = {
            "listed": listed,
            "form": form,
            "near": near,
            "near_enough": queries.NEAR_ENOUGH,
            "only": only,
            "query": list_query(near.name if near else "", only),
        }
        if listed.found.choices:
            context["which"] = which or WhichForm(towns=listed.found.choices)
            context["typed"] = form.typed("near")
        return TemplateResponse(request, "clinics/list.html", context)


class ClinicDetail(View):
    """One clinic: when, where, how to get in, and the way to book."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show the clinic, or the page for addresses that lead nowhere."""
        session = queries.visible_session(slug)
        if session is None:
            raise Http404
        at = timezone.now()
        day = queries.clinic_day(session=session, at=at)
        context = {
            "day": day,
            "session": session,
            "over": day.is_over(at),
            "vaccines": [(Vaccine(code).label, GUIDES.get(code, "")) for code in session.vaccine_codes()],
            "back_url": reverse("clinic-list"),
        }
        return render(request, "clinics/detail.html", context)
