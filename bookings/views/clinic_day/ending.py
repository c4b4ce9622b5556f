"""The end of a clinic on one page, already filled in; its report; and opening it again."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.actions import mark_did_not_attend
from bookings.closing import close_clinic, reopen_clinic
from bookings.models import Appointment
from bookings.queries.report import ClinicReport, clinic_report
from bookings.queries.report_file import report_rows
from bookings.views.clinic_day.base import ClinicDayPage, uuids
from bookings.views.clinic_day.checking import uuid_or_new
from bookings.views.clinic_day.readings import excursion_words
from clinics.models import ClinicSession, ReadingMoment
from immunisations import actions
from immunisations.queries import stock_of
from nhsuk.csv_files import csv_response

LONGEST_NOTE = 1000


class Mistyped(Refused):
    """A number on the page is none."""

    code = "mistyped"
    status = 422


class ClinicEnd(ClinicDayPage):
    """Four blocks, already filled in: people, doses, not given, stock. Staff only confirm, and close."""

    needs = Permission.CLOSE_CLINIC

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        return self._page()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do what the button says; with a mistake, show the page again with what was typed."""
        does: dict[str, Callable[[], str]] = {
            "absent": self._absent,
            "count": self._count,
            "temperatures": self._temperatures,
            "close": self._close,
        }
        act = does.get(request.POST.get("does", ""))
        if act is None:
            return redirect(self._here())
        try:
            with transaction.atomic():
                words = act()
        except Refused as refusal:
            del self.clinic
            return self._page(error=str(refusal), status=refusal.status)
        messages.success(request, words)
        closed = request.POST["does"] == "close"
        return redirect("clinic-day-totals" if closed else "clinic-day-end", self.clinic.public_id)

    def _here(self) -> str:
        return reverse("clinic-day-end", args=[self.clinic.public_id])

    def _absent(self) -> str:
        """Mark everybody still expected as not having come, but for those left out."""
        sent = self.request.POST
        meant = uuids([each for each in sent.getlist("shown") if each not in sent.getlist("except")])
        appointments = list(Appointment.objects.filter(session=self.clinic, public_id__in=meant))
        count = mark_did_not_attend(appointments=appointments, by=self.user, source="staff", at=self.now)
        return ngettext(
            "%(count)s person marked: did not attend.", "%(count)s people marked: did not attend.", count
        ) % {"count": count}

    def _count(self) -> str:
        """Write down how many doses of each batch came back, for each box that was filled in."""
        counts, notes = {}, {}
        for line in stock_of(self.clinic).lines:
            typed = self.request.POST.get(f"back-{line.batch.public_id}", "").strip()
            if not typed:
                continue
            if not (typed.isascii() and typed.isdigit() and len(typed) <= 5):
                raise Mistyped(
                    _("Enter how many doses of batch %(batch)s came back, like 7.") % {"batch": line.batch.number}
                )
            counts[line.batch] = int(typed)
            notes[line.batch] = self.request.POST.get(f"note-{line.batch.public_id}", "")[:300].replace("\x00", "")
        if not counts:
            raise Mistyped(_("Enter how many doses of each batch came back."))
        actions.count_back(
            session=self.clinic,
            counts=counts,
            notes=notes,
            by=self.user,
            at=self.now,
            client_uuid=uuid_or_new(self.request.POST.get("client_uuid", "")),
        )
        return _("Saved: the stock is counted back.")

    def _temperatures(self) -> str:
        """Write down the temperature of each cool box at the end."""
        boxes = self._report().without_temperature
        read = 0
        outside = []
        for number, box in enumerate(boxes, 1):
            typed = self.request.POST.get(f"celsius-{number}", "").strip().replace(",", ".")
            if not typed or self.request.POST.get(f"box-{number}") != box:
                continue
            try:
                celsius = Decimal(typed[:10])
            except InvalidOperation as wrong:
                raise Mistyped(_("Enter the temperature of %(box)s, like 5.2.") % {"box": box}) from wrong
            made = actions.record_reading(
                session=self.clinic, box=box, moment=ReadingMoment.END, celsius=celsius, by=self.user, at=self.now
            )
            if made.reading.is_excursion:
                outside.append(excursion_words(made))
            read += 1
        if not read:
            raise Mistyped(_("Enter the temperature of each cool box, like 5.2."))
        for words in outside:
            messages.warning(self.request, words)
        return _("Saved: temperatures at the end.")

    def _close(self) -> str:
        """Close the clinic."""
        note = self.request.POST.get("note", "").replace("\x00", "")
        if len(note) > LONGEST_NOTE:
            raise Mistyped(_("The note must be 1,000 characters or fewer."))
        close_clinic(session=self.clinic, note=note, by=self.user, at=self.now, source="staff")
        return _("The clinic is closed.")

    def _report(self) -> ClinicReport:
        return clinic_report(self.clinic, at=self.now)

    def _page(self, *, error: str = "", status: int = 200) -> HttpResponse:
        sent = self.request.POST
        report = self._report()
        self.note_looks([*(each.person for each in report.still_here), *_of_reactions(report)], "end-of-clinic")
        batches = [
            {
                "line": line,
                "back": sent.get(f"back-{line.batch.public_id}", "" if line.back is None else line.back),
                "note": sent.get(f"note-{line.batch.public_id}", line.back_note),
            }
            for line in report.stock.lines
        ]
        boxes = [
            {"box": box, "number": number, "celsius": sent.get(f"celsius-{number}", "")}
            for number, box in enumerate(report.without_temperature, 1)
        ]
        context = {
            "report": report,
            "totals": report.totals,
            "batches": batches,
            "boxes": boxes,
            "kept_out": sent.getlist("except"),
            "note": sent.get("note", ""),
            "error": error,
            "has_errors": bool(error),
            "client_uuid": uuid4(),
            "is_closed": self.clinic.state == ClinicSession.State.CLOSED_OFF,
            "back_url": self.day_url(),
        }
        return self.page("end.html", context, status=status)


def _of_reactions(report: ClinicReport) -> list[Any]:
    return [row.vaccination.person.merged_into or row.vaccination.person for row in report.reactions]


class ClinicReopen(ClinicDayPage):
    """A closed clinic opened again for what was found on paper, with a reason."""

    needs = Permission.CLOSE_CLINIC

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the question."""
        return self._page()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Open it."""
        reason = request.POST.get("reason", "").replace("\x00", "")
        try:
            if len(reason) > 300:
                raise Mistyped(_("The reason must be 300 characters or fewer."))
            reopen_clinic(session=self.clinic, reason=reason, by=self.user, at=self.now, source="staff")
        except Refused as refusal:
            return self._page(error=str(refusal), status=422 if refusal.code == "no_reason" else refusal.status)
        messages.success(request, _("The clinic is open again. Close it when the entries are made."))
        return redirect(self.day_url())

    def _page(self, *, error: str = "", status: int = 200) -> HttpResponse:
        context = {
            "error": error,
            "has_errors": bool(error),
            "reason": self.request.POST.get("reason", ""),
            "is_closed": self.clinic.state == ClinicSession.State.CLOSED_OFF,
            "back_url": reverse("clinic-day-end", args=[self.clinic.public_id]),
        }
        return self.page("reopen.html", context, status=status)


class ReportFile(ClinicDayPage):
    """The clinic's report as a file: numbers only, nobody's name."""

    needs = Permission.SEE_TOTALS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Send it."""
        rows = report_rows(clinic_report(self.clinic, at=self.now))
        return csv_response(f"clinic-{self.clinic.date:%Y-%m-%d}.csv", rows)
