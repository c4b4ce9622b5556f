"""What was confirmed about a person for life, and the word that it does not hold."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day.lift import LiftForm
from bookings.views.clinic_day.base import PersonPageBase
from immunisations import actions
from immunisations.queries import LastingFact


class FactLift(PersonPageBase):
    """A senior nurse says why a lasting fact does not hold; it stays in the history."""

    needs = Permission.CORRECT_RECORDS
    page_name = "lift-fact"

    def _fact(self) -> LastingFact | None:
        return next((each for each in self.data.lasting if each.code == self.kwargs["fact"]), None)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask why; back to the person where it does not stand (any longer)."""
        fact = self._fact()
        return self._page(fact, LiftForm(today=self.today)) if fact else redirect(self.person_url())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Lift it."""
        fact = self._fact()
        if fact is None:
            return redirect(self.person_url())
        form = LiftForm(request.POST, today=self.today)
        if not form.is_valid():
            return self._page(fact, form)
        try:
            actions.lift_fact(
                person=self.person, fact=fact.code, reason=form.cleaned_data["reason"], by=self.user, at=self.now
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(fact, form, status=refusal.status)
        messages.success(
            request, _("Saved: “%(fact)s” no longer holds for %(name)s.") % {"fact": fact.words, "name": self.person}
        )
        return redirect(self.person_url())

    def _page(self, fact: LastingFact, form: LiftForm, *, status: int = 200) -> HttpResponse:
        return self.page("lift_fact.html", {"fact": fact, "form": form, "back_url": self.person_url()}, status=status)
