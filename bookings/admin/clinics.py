"""Clinics, now that it is known who is booked."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin_bases import staff_of
from bookings.actions import cancel_session
from bookings.closing import close_clinic
from bookings.models import Appointment
from clinics.admin import ClinicSessionAdmin, counted
from clinics.models import ClinicSession


@admin.register(ClinicSession)
class BookedClinicAdmin(ClinicSessionAdmin):
    """Clinics with who is booked, and the cancelling of a clinic, which tells everybody booked."""

    list_display = [*ClinicSessionAdmin.list_display, "people_booked"]
    actions = [*ClinicSessionAdmin.actions, "cancel"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClinicSession]:
        """Count the people booked."""
        booked = Appointment.objects.filter(state=Appointment.State.BOOKED)
        return super().get_queryset(request).annotate(number_booked=counted(booked))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Where a clinic is held stays as it is once anybody is booked: they would go to the old place."""
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "venue"] if obj is not None and obj.number_booked else fixed

    def close_off_with(self) -> Any:
        """Close off only what has nothing left open, as on the clinic's own page."""
        return close_clinic

    @admin.display(description=gettext_lazy("people booked"), ordering="number_booked")
    def people_booked(self, session: Any) -> int:
        """How many people are booked."""
        return session.number_booked

    def counts(self, queryset: QuerySet[ClinicSession]) -> list[str]:
        """Return how many families and people are booked, and how many of the families nobody can reach."""
        keys = [session.pk for session in queryset]
        booked = Appointment.objects.filter(session__in=keys, state=Appointment.State.BOOKED)
        figures = booked.aggregate(
            people=Count("pk"),
            families=Count("booking", distinct=True),
            unreachable=Count("booking", distinct=True, filter=Q(booking__email="", booking__phone="")),
        )
        people, families, unreachable = figures["people"], figures["families"], figures["unreachable"]
        sentences = [
            ngettext("%(number)s person is booked.", "%(number)s people are booked.", people) % {"number": people},
            ngettext("%(number)s family is booked.", "%(number)s families are booked.", families)
            % {"number": families},
        ]
        if unreachable:
            sentences.append(
                ngettext(
                    "%(number)s family gave neither an email address nor a phone number.",
                    "%(number)s families gave neither an email address nor a phone number.",
                    unreachable,
                )
                % {"number": unreachable}
            )
        return sentences

    def moves(self, session: ClinicSession) -> dict[str, str]:
        """Cancelling comes last."""
        return {**super().moves(session), "cancel": ClinicSession.State.CANCELLED}

    @admin.action(description=gettext_lazy("Cancel the clinic"), permissions=["act"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[ClinicSession]) -> HttpResponse | None:
        """Cancel clinics and every appointment at them."""
        return self.confirmed(
            request,
            queryset,
            action="cancel",
            question=_("Cancel these clinics?"),
            counts=self.counts,
            explanation=_("Every appointment is cancelled and each family is told once. This cannot be undone."),
            reason_label=_("Reason"),
            button=_("Yes, cancel the clinics"),
            run=lambda session, reason: cancel_session(
                session=session, reason=reason, by=staff_of(request), source="admin", at=timezone.now()
            ),
            done=_("{row} is cancelled."),
        )
