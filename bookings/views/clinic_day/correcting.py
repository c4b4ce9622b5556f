"""Correcting a saved record."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day import CorrectForm
from bookings.models import Appointment
from bookings.views.clinic_day.base import PersonPageBase
from clinics.models import Batch
from clinics.words import plain_date
from immunisations import actions
from immunisations.models import Person, Vaccination, Visit
from immunisations.policies import can_correct


class RecordCorrect(PersonPageBase):
    """One record: what is wrong, what is right, why. The old one stays to be seen."""

    needs = Permission.VACCINATE
    page_name = "record-correct"

    def _row(self) -> Vaccination:
        row = get_object_or_404(
            Vaccination.objects.current().select_related("session__venue", "batch__product", "person"),
            person__in=self.data.rows,
            public_id=self.kwargs["vaccination"],
        )
        if not can_correct(row, self.user, self.today):
            raise PermissionDenied
        return row

    def _others(self, row: Vaccination) -> list[tuple[str, str]]:
        """The others who came to that clinic, the family first: whose record it may be."""
        booking = (
            Appointment.objects.filter(session=row.session_id, visit=row.visit_id)
            .values_list("booking_id", flat=True)
            .first()
        )
        visits = (
            Visit.objects.filter(session=row.session_id)
            .exclude(person__in=self.data.rows)
            .select_related("person__merged_into", "appointment")
            .order_by("person__last_name", "person__first_name")
        )
        found: dict[str, tuple[bool, str]] = {}
        for visit in visits:
            person = visit.person.merged_into or visit.person
            own = getattr(visit, "appointment", None)
            family = own is not None and own.booking_id == booking
            found[str(person.public_id)] = (not family, f"{person.list_name}, {plain_date(person.date_of_birth)}")
        return [(key, words) for key, (_far, words) in sorted(found.items(), key=lambda item: item[1])]

    def _form(self, row: Vaccination, post: Any = None) -> CorrectForm:
        batches = []
        if row.batch is not None:
            batches = list(
                Batch.objects.filter(
                    team=row.session.team_id,
                    product__vaccine=row.vaccine,
                    # Quarantined ones too: it may be the very batch that was given.
                    expires_on__gte=row.given_on,
                )
                .exclude(pk=row.batch.pk)
                .select_related("product")
            )
        return CorrectForm(
            post,
            today=self.today,
            vaccination=row,
            batches=batches,
            others=self._others(row),
            initial={"client_uuid": uuid4()},
        )

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the record and the form."""
        row = self._row()
        return self._page(row, self._form(row))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save the correction; pressed twice, it is saved once."""
        if self._saved_before(request.POST.get("client_uuid", "")):
            return self._saved()
        row = self._row()
        form = self._form(row, request.POST)
        if not form.is_valid():
            return self._page(row, form)
        correction = form.correction()
        if "move_to" in correction:
            correction["move_to"] = get_object_or_404(Person, team=self.clinic.team_id, public_id=correction["move_to"])
        try:
            actions.correct_vaccination(
                vaccination=row,
                reason=form.cleaned_data["reason"],
                client_uuid=form.cleaned_data["client_uuid"],
                by=self.user,
                at=self.now,
                **correction,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(row, form, status=refusal.status)
        return self._saved()

    def _saved_before(self, client_uuid: str) -> bool:
        """Whether this very form corrected this very record already."""
        try:
            sent = UUID(client_uuid)
        except ValueError:
            return False
        record = Q(replaces__public_id=self.kwargs["vaccination"]) | Q(moved_from__public_id=self.kwargs["vaccination"])
        return Vaccination.objects.filter(record, client_uuid=sent, session__team=self.clinic.team_id).exists()

    def _saved(self) -> HttpResponse:
        messages.success(self.request, _("The record was corrected. The old one is kept below."))
        return redirect(self.person_url())

    def _page(self, row: Vaccination, form: CorrectForm, *, status: int = 200) -> HttpResponse:
        return self.page("correct.html", {"form": form, "row": row, "back_url": self.person_url()}, status=status)
