"""Bookings for co-ordinators, found by their reference."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin_bases import FirstThousands, FoundByName, ReadOnlyInline, staff_of
from accounts.admin_filters import Question, lately
from accounts.permissions import Permission
from bookings.actions import Reach, cancel_appointments, change_contact
from bookings.models import Appointment, Booking
from bookings.references import clean_reference, shown_reference
from clinics.admin import counted
from clinics.words import clock
from nhsuk.forms import PhoneField

# How a booking's contact is reached.
REACHED = frozenset({"phone", "email"})


class AppointmentInline(ReadOnlyInline):
    """The people in a booking and when they come."""

    model = Appointment
    fields = readonly_fields = ("person_named", "date_of_birth", "clinic", "time", "state", "needs")
    ordering = ["position"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appointment]:
        """Fetch clinic and person with each."""
        return super().get_queryset(request).select_related("session__venue", "person")

    @admin.display(description=gettext_lazy("person"))
    def person_named(self, appointment: Appointment) -> str:
        """The name as typed, linked to the record where one was matched."""
        if appointment.person is None:
            return appointment.list_name
        url = reverse("admin:immunisations_person_change", args=[appointment.person.public_id])
        return format_html('<a href="{}">{}</a>', url, appointment.list_name)

    @admin.display(description=gettext_lazy("clinic"))
    def clinic(self, appointment: Appointment) -> str:
        """The clinic, linked."""
        session = appointment.session
        url = reverse("admin:clinics_clinicsession_change", args=[session.public_id])
        return format_html('<a href="{}">{} – {}</a>', url, date_format(session.date, "D j M Y"), session.venue)

    @admin.display(description=gettext_lazy("time"))
    def time(self, appointment: Appointment) -> str:
        """The time in England."""
        return clock(appointment.starts_at)

    @admin.display(description=gettext_lazy("needs"))
    def needs(self, appointment: Appointment) -> str:
        """What was asked for."""
        asked = [
            str(words)
            for wanted, words in (
                (appointment.gelatine_free, _("Gelatine-free")),
                (appointment.extra_time, _("Extra time")),
                (appointment.support_needs, appointment.support_needs),
            )
            if wanted
        ]
        return "; ".join(asked) or "–"


class BookingNeeds(Question):
    title = gettext_lazy("needs attention")
    parameter_name = "needs"
    answers = [
        (
            "unreachable",
            gettext_lazy("No email address and no phone"),
            lambda rows, at: rows.filter(email="", phone=""),
        ),
        ("interpreter", gettext_lazy("Interpreter needed"), lambda rows, at: rows.filter(interpreter_needed=True)),
        ("support", gettext_lazy("Support needed"), lambda rows, at: rows.exclude(support_needs="")),
    ]


class BookingForm(forms.ModelForm):
    """A booking's contact and needs, the phone number in whatever way it is written."""

    phone = PhoneField(
        label=gettext_lazy("Phone"), subject=gettext_lazy("a phone number"), required=False, international=True
    )

    class Meta:
        model = Booking
        fields = [
            "contact_name",
            "relationship",
            "phone",
            "email",
            "spoken_language",
            "interpreter_needed",
            "support_needs",
        ]


@admin.register(Booking)
class BookingAdmin(FoundByName):
    """Bookings: contact details can be put right here; times are changed by booking and cancelling."""

    view_with = Permission.INSPECT
    change_with = Permission.INSPECT
    may_add = False
    paginator = FirstThousands
    form = BookingForm
    inlines = [AppointmentInline]
    list_display = ["shown_reference", "contact", "people", "next_clinic", "created_at", "how"]
    list_filter = [lately("created_at", gettext_lazy("booked")), BookingNeeds, "how"]
    search_fields = ["reference"]
    search_help_text = gettext_lazy("Search by reference. To find somebody by name, use the clinic day’s search.")
    ordering = ["-id"]
    readonly_fields = ["shown_reference", "team", "how", "language", "created_at"]
    fieldsets = [
        (None, {"fields": ["shown_reference", "team", "how", "created_at"]}),
        (
            gettext_lazy("Contact"),
            {"fields": ["contact_name", "relationship", "phone", "email", "language"]},
        ),
        (gettext_lazy("Needs"), {"fields": ["spoken_language", "interpreter_needed", "support_needs"]}),
    ]
    actions = ["cancel"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        """Count the people still booked, and say at which clinic they come next."""
        booked = Appointment.objects.filter(state=Appointment.State.BOOKED)
        first = booked.filter(booking=OuterRef("pk")).order_by("starts_at", "id")
        return (
            super()
            .get_queryset(request)
            .select_related("team")
            .annotate(
                people_booked=counted(booked, of="booking"),
                clinic_name=Subquery(first.values("session__name")[:1]),
                clinic_date=Subquery(first.values("session__date")[:1]),
            )
        )

    def search_by(self, term: str) -> Q | None:
        """Find by public id or by reference, however it is spaced."""
        try:
            return Q(public_id=uuid.UUID(term))
        except ValueError:
            return Q(reference=clean_reference(term)[:10])

    def people_shown(self, row: Any) -> Iterable[tuple[int, uuid.UUID]]:
        """The records that the booking's people were matched to."""
        people = row.appointments.filter(person__isnull=False).values_list("person__public_id", flat=True)
        return [(row.team_id, person) for person in dict.fromkeys(people)]

    def save_model(self, request: HttpRequest, obj: Booking, form: Any, change: bool) -> None:
        """Change how the contact is reached by the action, which tells them and the address they had before."""
        reached = REACHED.intersection(form.changed_data)
        others = [name for name in form.changed_data if name not in REACHED]
        if others:
            obj.save(update_fields=others)
        if reached:
            reach = Reach(phone=obj.phone, texts=obj.texts, email=obj.email, letters=obj.letters, address=obj.address)
            change_contact(booking=obj, reach=reach, by=staff_of(request), source="admin", at=timezone.now())

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Write down the rest: the action wrote down how they are reached, without an address."""
        for values in getattr(request, "changes", ()):
            for name in REACHED:
                values.pop(name, None)
        super().log_change(request, obj, message)

    @admin.display(description=gettext_lazy("reference"), ordering="reference")
    def shown_reference(self, booking: Booking) -> str:
        """The reference in its two halves."""
        return shown_reference(booking.reference)

    @admin.display(
        description=gettext_lazy("contact"),
        ordering=Case(When(contact_name="", then=Value("~")), default=F("contact_name"), output_field=CharField()),
    )
    def contact(self, booking: Booking) -> str:
        """Who booked."""
        return booking.contact_name or _("Not recorded")

    @admin.display(description=gettext_lazy("people booked"), ordering="people_booked")
    def people(self, booking: Any) -> int:
        """How many people are still booked."""
        return booking.people_booked

    @admin.display(description=gettext_lazy("clinic"))
    def next_clinic(self, booking: Any) -> str:
        """The clinic that the first of them comes to."""
        if booking.clinic_date is None:
            return _("None: all cancelled or past")
        return f"{date_format(booking.clinic_date, 'D j M Y')} – {booking.clinic_name}"

    @admin.action(description=gettext_lazy("Cancel these bookings"), permissions=["act"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Booking]) -> HttpResponse | None:
        """Cancel what can still be cancelled of the bookings, and tell each contact."""

        def counts(rows: QuerySet[Booking]) -> list[str]:
            people = sum(getattr(row, "people_booked", 0) for row in rows)
            return [ngettext("%(n)s person is booked.", "%(n)s people are booked.", people) % {"n": people}]

        return self.confirmed(
            request,
            queryset,
            action="cancel",
            question=_("Cancel these bookings?"),
            counts=counts,
            explanation=_("Their times are free for others at once, and each contact is told."),
            button=_("Yes, cancel"),
            run=lambda booking, reason: cancel_appointments(
                booking=booking,
                appointments=None,
                by=staff_of(request),
                source="admin",
                at=timezone.now(),
                reason=reason,
            ),
            done=_("{row} is cancelled."),
        )
