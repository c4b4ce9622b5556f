"""Check what a child may need: from a date of birth and the doses in the red book, without names, keeping nothing."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from bookings.forms.public.needed import (
    FIRST_LINES,
    MORE_LINES,
    ChildForm,
    DoseForm,
    lines_typed,
    vaccine_names,
)
from bookings.needed import Needed, what_is_needed
from clinics import queries, words
from clinics.finder import Found, find
from clinics.times import london_day
from immunisations.schedule import MOST_DOSES, ScheduleError
from nhsuk.forms.dates import PARTS
from nhsuk.forms.rendering import render_error_summary

CLINICS_SHOWN = 5


# Nothing is changed or kept, so a form from elsewhere can do no harm, and it works without cookies.
@method_decorator([csrf_exempt, never_cache, sensitive_post_parameters()], name="dispatch")
class WhatIsNeeded(View):
    """The questions, and under POST the answer on the same page. What is typed stands in no address."""

    at: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Take the clock once."""
        super().setup(request, *args, **kwargs)
        self.at = timezone.now()

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        return self.page(ChildForm(today=london_day(self.at)), self.empty_lines(FIRST_LINES))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer, or show what is wrong; or give more lines, with everything typed kept."""
        today = london_day(self.at)
        number = lines_typed(request.POST)
        if "more" in request.POST:
            return self.more(request, min(number + MORE_LINES, MOST_DOSES))
        child = ChildForm(request.POST, today=today)
        child.is_valid()
        born = child.cleaned_data.get("date_of_birth")
        lines = [DoseForm(request.POST, number=each, born=born, today=today) for each in range(1, number + 1)]
        found = self.place(child)
        # Every line says what is wrong with it, not only the first.
        wrong = [line for line in lines if not line.is_valid()]
        if wrong or child.errors or born is None:
            return self.page(child, lines)
        doses = [dose for line in lines if (dose := line.dose()) is not None]
        try:
            needed = what_is_needed(born=born, doses=doses, on=today)
        except ScheduleError:
            child.add_error(None, _("We cannot work this out from what you typed. Phone us, or come and ask a nurse"))
            return self.page(child, lines)
        left_out = [line.typed("vaccine") for line in lines if line.left_out]
        return self.page(child, lines, needed=needed, left_out=left_out, **self.clinics(needed, found))

    def more(self, request: HttpRequest, number: int) -> HttpResponse:
        """Show the page with more lines, saying nothing yet of what is wrong."""
        today = london_day(self.at)
        birth = {part: request.POST.get(f"date_of_birth_{part}", "") for part in PARTS}
        child = ChildForm(initial={"date_of_birth": birth, "near": request.POST.get("near", "")}, today=today)
        lines = []
        for each in range(1, number + 1):
            initial = {name: request.POST.get(f"dose{each}-{name}", "") for name in ("vaccine", "given_on")}
            lines.append(DoseForm(initial=initial, number=each, born=None, today=today))
        return self.page(child, lines)

    def empty_lines(self, number: int) -> list[DoseForm]:
        """Return lines with nothing in them."""
        return [DoseForm(number=each, born=None) for each in range(1, number + 1)]

    def place(self, child: ChildForm) -> Found:
        """Return the place that was typed, and say so where there is none or more than one."""
        near = child.cleaned_data.get("near", "")
        if not near:
            return Found()
        found = find(near, queries.listed_towns(self.at))
        if found.where is None:
            if found.choices:
                child.several(", ".join(found.choices))
            else:
                child.not_found()
        return found

    def clinics(self, needed: Needed, found: Found) -> dict[str, Any]:
        """Return the next or nearest clinics that have any of what may be due."""
        if not needed.vaccines:
            return {}
        listed = queries.clinic_list(at=self.at, near=found.where.name if found.where else "", vaccines=needed.vaccines)
        return {"listed": listed, "venues": listed.venues[:CLINICS_SHOWN], "near": listed.found.where}

    def page(self, child: ChildForm, lines: list[DoseForm], **context: Any) -> HttpResponse:
        """Show the questions, under the answer where there is one."""
        shown: dict[str, Any] = {
            "form": child,
            "lines": lines,
            "has_errors": any(form.is_bound and form.errors for form in (child, *lines)),
            "error_summary": render_error_summary(child, *lines),
            "can_add": len(lines) < MOST_DOSES,
            "vaccine_names": words.listed(vaccine_names()),
            **context,
        }
        return TemplateResponse(self.request, "bookings/needed.html", shown)
