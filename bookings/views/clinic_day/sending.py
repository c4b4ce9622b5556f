"""What was sent to GP practices and to CHIS, what is to be sent, and what was corrected lately."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.audit import record_views
from accounts.errors import Refused
from accounts.guard import StaffRequired
from accounts.permissions import Permission, may
from bookings.forms.clinic_day.correct import SentForm
from bookings.queries.records import latest_clinics, recent_corrections
from bookings.views.clinic_day.base import ClinicDayPage, uuids
from clinics.times import london_day
from immunisations import actions
from immunisations.models.sent import SentTo
from immunisations.people import root_of
from immunisations.queries import Sending, Standing, sending_at

LATELY = timedelta(days=14)


class SentAndToSend(ClinicDayPage):
    """A clinic's records for one receiver: to resend, to send, to be decided first, sent."""

    needs = Permission.SEND_RECORDS

    @property
    def to(self) -> str:
        """Who receives: CHIS unless the address says otherwise. Raises Http404 for anybody else."""
        to = self.request.GET.get("to", SentTo.CHIS.value)
        if to not in SentTo.values:
            raise Http404
        return to

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show them."""
        return self._page(SentForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Note the ticked ones as sent."""
        form = SentForm(request.POST)
        ticked = request.POST.getlist("record")
        if not form.is_valid():
            return self._page(form, ticked)
        try:
            noted = actions.mark_sent(
                session=self.clinic,
                vaccinations=uuids(ticked),
                to=self.to,
                how=form.cleaned_data["how"],
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, ticked, status=refusal.status)
        messages.success(
            request,
            ngettext("%(count)s record marked as sent.", "%(count)s records marked as sent.", len(noted))
            % {"count": len(noted)},
        )
        return redirect(f"{request.path}?to={self.to}")

    def _page(self, form: SentForm, ticked: list[str] | None = None, *, status: int = 200) -> HttpResponse:
        standing = sending_at(self.clinic, self.to)
        self.note_looks((root_of(each.row.person) for each in standing), "sent")

        def those(state: Sending, *, by_itself: bool = True) -> list[tuple[Standing, bool]]:
            # Whatever may leave is ticked: one press for what was sent together. What is to be decided is not.
            return [
                (each, by_itself if ticked is None else str(each.row.public_id) in ticked)
                for each in standing
                if each.state == state and (state == Sending.SENT or each.by_itself == by_itself)
            ]

        resend, to_send = those(Sending.RESEND), those(Sending.TO_SEND)
        apart = those(Sending.RESEND, by_itself=False) + those(Sending.TO_SEND, by_itself=False)
        context = {
            "form": form,
            "to": self.to,
            "receivers": [(code, label, f"{self.request.path}?to={code}") for code, label in SentTo.choices],
            "receiver": SentTo(self.to).label,
            "resend": resend,
            "to_send": to_send,
            "apart": apart,
            "sent": [each for each, _ticked in those(Sending.SENT)],
            "waiting": bool(resend or to_send or apart),
            "back_url": self.day_url(),
        }
        return self.page("sent.html", context, status=status)


class Corrections(StaffRequired):
    """What was corrected in the last two weeks, for whoever has to know: each with what was, what is, and why."""

    permission = Permission.SEND_RECORDS

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it, and the latest clinics with what may be done about their records."""
        team = request.membership.team  # type: ignore[attr-defined]
        now = timezone.now()
        corrections = recent_corrections(team, since=now - LATELY)
        people = {
            root_of(person).public_id
            for each in corrections
            for row in each.rows
            for person in (row.person, row.moved_from.person if row.moved_from else row.person)
        }
        record_views(user=self.user, at=now, team=team, people=people, page="corrections")
        context = {
            "nav": "clinic-day",
            "corrections": corrections,
            "clinics": latest_clinics(team, today=london_day(now)),
            "may_correct": may(self.user, Permission.CORRECT_RECORDS, team),
            "team": team,
            "back_url": reverse("clinic-day"),
        }
        return render(request, "clinic_day/corrections.html", context)
