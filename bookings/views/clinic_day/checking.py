"""The record check."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day import RecordCheckForm
from bookings.views.clinic_day.base import PersonPageBase
from immunisations import actions
from nhsuk.forms.rendering import render_error_summary


def uuid_or_new(text: str) -> UUID:
    """Return the id that a form carries, or a fresh one where it was lost or is none."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


class RecordCheckAdd(PersonPageBase):
    """What was looked at and what it showed, in one go."""

    needs = Permission.CHECK_RECORDS
    page_name = "record-check"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._page(RecordCheckForm(today=self.today))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save the check, or give more rows."""
        form = RecordCheckForm(request.POST, today=self.today)
        if form.wants_more_rows:
            return self._page(form)
        if not form.is_valid():
            return self._page(form)
        try:
            actions.record_check(
                visit=self.data.visit,
                person=self.person,
                source=form.cleaned_data["source"],
                outcome=form.cleaned_data["outcome"],
                how_seen=form.cleaned_data["how_seen"],
                doses=form.doses(),
                finding=form.finding_words(),
                client_uuid=uuid_or_new(request.POST.get("client_uuid", "")),
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            number = refusal.details.get("dose")
            rows = form.filled()
            if isinstance(number, int) and number < len(rows):
                rows[number].add_error("given_on", str(refusal))
            else:
                form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        messages.success(request, _("Record check saved."))
        return redirect(self.person_url())

    def _page(self, form: RecordCheckForm, *, status: int = 200) -> HttpResponse:
        rows = form.filled()
        context = {
            "check_form": form,
            "client_uuid": uuid_or_new(self.request.POST.get("client_uuid", "")),
            "summary": render_error_summary(form, *rows),
            "has_errors": form.is_bound and (bool(form.errors) or any(row.errors for row in rows)),
            "back_url": self.person_url(),
        }
        return self.page("record_check.html", context, status=status)
