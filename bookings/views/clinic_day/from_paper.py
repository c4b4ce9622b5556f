"""Who came, entered from the printed list: for the hours, or the whole day, that a clinic worked on paper."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Refused
from bookings.arrivals import arrive_appointments
from bookings.forms.clinic_day.from_paper import FromPaperForm
from bookings.queries import day_list
from bookings.queries.rows import DayRow
from bookings.views.clinic_day.arriving import ArrivingPage, times_in_query, typed_times


class FromPaper(ArrivingPage):
    """Everybody who was expected, with a box for when they came: all of them saved in one press, on any later day."""

    @cached_property
    def rows(self) -> list[DayRow]:
        """Those with an appointment who are not marked as arrived, in the order of the printed list."""
        listing = day_list(self.clinic, today=self.today, at=self.now, hidden=self.hidden)
        waiting = [
            (row.starts_at, row.appointment.pk, row)
            for row in listing.rows
            if row.visit is None and row.appointment is not None and row.starts_at is not None
        ]
        return [row for _starts_at, _pk, row in sorted(waiting, key=lambda each: each[:2])]

    def _form(self, post: Any = None, **details: Any) -> FromPaperForm:
        return FromPaperForm(post, rows=self.rows, clinic=self.clinic, now=self.now, hidden=self.hidden, **details)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the list, with the times that were typed before somebody had to be told apart."""
        typed = typed_times(request)
        return self._page(self._form(initial={f"came-{public_id}": time for public_id, time in typed.items()}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Mark whoever has a time as arrived then; go on to whom somebody must tell apart."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        if not form.came:
            form.add_error(None, _("Enter when at least one person came"))
            return self._page(form)
        try:
            arrivals = arrive_appointments(
                session=self.clinic,
                appointments=list(form.came),
                arrived_at={appointment.pk: moment for appointment, moment in form.came.items()},
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        count = len(arrivals.visits)
        if count:
            words = ngettext("%(count)s person marked as arrived.", "%(count)s people marked as arrived.", count)
            messages.success(request, words % {"count": count})
        if arrivals.undecided:
            left = [each.appointment.public_id for each in arrivals.undecided]
            times = {each.public_id: timezone.localtime(moment) for each, moment in form.came.items()}
            address = reverse("clinic-day-match", args=[self.clinic.public_id, left[0]])
            return redirect(address + times_in_query({each: f"{times[each]:%H:%M}" for each in left}))
        return redirect("from-paper", self.clinic.public_id)

    def _page(self, form: FromPaperForm, *, status: int = 200) -> HttpResponse:
        self.note_looks((row.person for row in self.rows if row.person is not None), "from paper")
        return self.page("from_paper.html", {"form": form, "back_url": self.day_url()}, status=status)
