"""Moving a record to the person it belongs to: find them, see both side by side, confirm."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.audit import record_view
from accounts.errors import Refused
from bookings.forms.clinic_day import SearchForm
from bookings.forms.clinic_day.correct import MoveForm
from bookings.queries.moving import compare_move, people_of_clinic
from bookings.views.clinic_day.answers import id_in
from bookings.views.clinic_day.correcting import RecordPage
from immunisations import actions
from immunisations.models import Person
from immunisations.search import Found, read_query, search_people


class RecordMove(RecordPage):
    """Whose record is it? Those of that clinic, the family first, and a search for anybody else."""

    page_name = "record-move"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show who came to that clinic."""
        if not self.stands():
            return self.corrected_meanwhile()
        return self._page(SearchForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Search: posted, so that nobody's name stands in an address."""
        form = SearchForm(request.POST)
        if not form.is_valid():
            return self._page(form)
        query = read_query(form.cleaned_data["q"], today=self.today)
        own = set(self.data.rows)
        found = [each for each in search_people(self.clinic.team, query) if each.person.pk not in own]
        return self._page(form, found=found)

    def _page(self, form: SearchForm, found: list[Found] | None = None) -> HttpResponse:
        people = people_of_clinic(self.row)
        self.note_looks([*(person for person, _family in people), *(each.person for each in found or ())], "move")
        return self.show(
            "move.html",
            {"form": form, "found": found, "people": people, "back_url": self.record_url("record-correct")},
        )


class RecordMoveTo(RecordPage):
    """Both people side by side, before and after."""

    page_name = "record-move"

    @cached_property
    def target(self) -> Person:
        """The other person, as the root that stands for them: 404 for another team's, and for this one."""
        other = (
            Person.objects.select_related("merged_into")
            .filter(team=self.clinic.team_id, public_id=self.kwargs["to"])
            .first()
        )
        if other is None or other.root_id == self.person.pk:
            raise Http404
        return other.merged_into or other

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show them."""
        if not self.stands():
            return self.corrected_meanwhile()
        return self._page(MoveForm(initial={"client_uuid": uuid4()}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Move the record; pressed twice, it moves once."""
        if self.saved_before(id_in(request.POST)):
            return self._saved()
        if not self.stands():
            return self.corrected_meanwhile()
        form = MoveForm(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            actions.correct_vaccination(
                vaccination=self.row,
                move_to=self.target,
                reason=form.cleaned_data["reason"],
                client_uuid=form.cleaned_data["client_uuid"],
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            if refusal.code == "not_current":
                return self.corrected_meanwhile()
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        return self._saved()

    def _saved(self) -> HttpResponse:
        messages.success(
            self.request, _("The record moved to %(name)s. The old one is kept.") % {"name": self.target.list_name}
        )
        return redirect(self.person_url(self.target.public_id) + "#records")

    def _page(self, form: MoveForm, *, status: int = 200) -> HttpResponse:
        # Both records are shown, so both looks are written down.
        record_view(
            user=self.user,
            at=self.now,
            team=self.clinic.team_id,
            person_id=self.target.public_id,
            page=self.page_name,
        )
        move = compare_move(self.row, self.target, today=self.today)
        context = {"form": form, "move": move, "back_url": self.record_url("record-move")}
        return self.show("move_to.html", context, status=status)
