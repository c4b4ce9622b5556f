"""What happened to somebody after a dose: recorded, put right, printed and exported."""

from functools import cached_property
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record_view
from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day.reaction import ReactionForm
from bookings.queries.reactions import incident_rows
from bookings.views.clinic_day.base import PersonPageBase
from immunisations import actions
from immunisations.models import Reaction, Vaccination
from immunisations.people import row_ids
from nhsuk.csv_files import csv_response


class ReactionRecord(PersonPageBase):
    """A reaction to one dose: a tap from the dose's record, with now filled in as when it began."""

    needs = Permission.VACCINATE
    page_name = "reaction-record"

    @cached_property
    def vaccination(self) -> Vaccination:
        """The dose of the address, as it stands. Raises Http404 where it is not the person's."""
        row = (
            Vaccination.objects.select_related("session", "person")
            .filter(person__in=row_ids(self.person), public_id=self.kwargs["vaccination"])
            .first()
        )
        if row is None:
            raise Http404
        return row

    @property
    def replaces(self) -> Reaction | None:
        """The reaction that is put right, if one is."""
        return None

    def _form(self, post: Any = None) -> ReactionForm:
        before = self.replaces
        given_on = self.vaccination.given_on
        initial: dict[str, Any] = {"client_uuid": uuid4(), "began_on": given_on}
        if before is not None:
            local = timezone.localtime(before.began_at)
            initial |= {
                "kind": before.kind,
                "began_time": f"{local:%H:%M}",
                "began_on": local.date(),
                "actions": before.actions,
                "note": before.note,
                "yellow_card_reference": before.yellow_card_reference,
            }
        elif given_on == self.today:
            initial["began_time"] = f"{timezone.localtime(self.now):%H:%M}"
        return ReactionForm(post, today=self.today, corrects=before is not None, initial=initial)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        if not self.vaccination.is_given:
            return redirect(self.person_url())
        return self._page(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save it."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        answers = form.cleaned_data
        try:
            made = actions.record_reaction(
                vaccination=self.vaccination,
                kind=answers["kind"],
                began_at=form.began_at,
                actions=answers["actions"],
                note=answers["note"],
                yellow_card_reference=answers["yellow_card_reference"],
                replaces=self.replaces,
                correction_reason=answers.get("reason", ""),
                client_uuid=answers["client_uuid"],
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        messages.success(request, _("Saved: %(what)s.") % {"what": str(made.get_kind_display()).lower()})
        return redirect("reaction", self.clinic.public_id, self.person.public_id, made.public_id)

    def _page(self, form: ReactionForm, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "row": self.vaccination,
            "replaces": self.replaces,
            "back_url": self.person_url(),
        }
        return self.page("reaction_record.html", context, status=status)


class OfAReaction(PersonPageBase):
    """A page about one reaction of the person."""

    page_name = "reaction"

    @cached_property
    def reaction(self) -> Reaction:
        """The reaction of the address, as it stands now. Raises Http404 where it is not the person's."""
        row = (
            Reaction.objects.select_related("vaccination__session", "vaccination__person", "replaces", "replaced_by")
            .filter(vaccination__person__in=row_ids(self.person), public_id=self.kwargs["reaction"])
            .first()
        )
        if row is None:
            raise Http404
        return row


class OneReaction(OfAReaction):
    """A reaction with the facts of its dose, to print for an incident report."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        later = getattr(self.reaction, "replaced_by", None)
        if later is not None:
            return redirect("reaction", self.clinic.public_id, self.person.public_id, later.public_id)
        context = {
            "reaction": self.reaction,
            "facts": incident_rows(self.reaction, self.person),
            "back_url": self.person_url(),
        }
        return self.page("reaction.html", context)


class ReactionExport(OfAReaction):
    """The same facts as a file: brand, batch and dose, and of the person age and sex, never a name."""

    page_name = "reaction-export"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Send the file."""
        record_view(
            user=self.user,
            at=self.now,
            team=self.clinic.team_id,
            person_id=self.person.public_id,
            page=self.page_name,
        )
        rows = incident_rows(self.reaction, self.person)
        return csv_response("reaction.csv", [[_("What"), _("Answer")], *([str(name), text] for name, text in rows)])


class ReactionCorrect(OfAReaction, ReactionRecord):
    """A reaction put right, or its Yellow Card reference added: a further record, the first one stays."""

    page_name = "reaction-correct"

    @cached_property
    def vaccination(self) -> Vaccination:
        """The dose it is about."""
        return self.reaction.vaccination

    @property
    def replaces(self) -> Reaction:
        """The reaction of the address."""
        return self.reaction

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form with what is recorded; of one that was put right meanwhile, the one that stands."""
        later = getattr(self.reaction, "replaced_by", None)
        if later is not None:
            there = reverse("reaction", args=[self.clinic.public_id, self.person.public_id, later.public_id])
            return redirect(there)
        return self._page(self._form())
