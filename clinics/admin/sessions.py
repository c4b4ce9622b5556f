"""Clinics: the page that ``bookings.admin`` completes."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_bases import TeamAdmin, staff_of
from accounts.admin_filters import Question
from accounts.permissions import Permission
from clinics import actions
from clinics.admin.session_forms import PeriodInline, SessionForm
from clinics.directions import directions_for, in_force, why_none
from clinics.models import ClinicSession, Place, VaccinationPeriod, VaccineOffer
from clinics.times import london_day
from clinics.vaccines import Vaccine


class When(Question):
    title = gettext_lazy("when")
    parameter_name = "when"
    answers = [
        ("today", gettext_lazy("Today"), lambda rows, at: rows.filter(date=london_day(at))),
        (
            "week",
            gettext_lazy("In the next 7 days"),
            lambda rows, at: rows.filter(date__gte=london_day(at), date__lt=london_day(at) + timedelta(days=7)),
        ),
        ("coming", gettext_lazy("From today on"), lambda rows, at: rows.filter(date__gte=london_day(at))),
        ("past", gettext_lazy("Past"), lambda rows, at: rows.filter(date__lt=london_day(at))),
    ]


class NeedsAction(Question):
    title = gettext_lazy("needs action")
    parameter_name = "needs"
    answers = [
        (
            "publish",
            gettext_lazy("Draft, in the next 14 days"),
            lambda rows, at: rows.filter(
                state="draft", date__gte=london_day(at), date__lte=london_day(at) + timedelta(days=14)
            ),
        ),
        (
            "finish",
            gettext_lazy("Day over, not finished"),
            lambda rows, at: rows.filter(state__in=["published", "bookings_closed"], date__lt=london_day(at)),
        ),
        ("close_off", gettext_lazy("Finished, not closed off"), lambda rows, at: rows.filter(state="finished")),
    ]


def counted(queryset: QuerySet[Any], of: str = "session") -> Coalesce:
    """Return how many rows of ``queryset`` belong to the outer row by its field ``of``, counted by the database."""
    rows = queryset.filter(**{of: OuterRef("pk")}).order_by().values(of).annotate(number=Count("pk"))
    return Coalesce(Subquery(rows.values("number")), 0)


class ClinicSessionAdmin(TeamAdmin):
    """Clinics: planned here, published, stopped, finished and closed off by actions with a page to confirm.

    ``bookings.admin`` adds who is booked, and cancelling, which reaches their appointments.
    """

    view_with = Permission.PLAN_CLINICS
    change_with = Permission.PLAN_CLINICS
    form = SessionForm
    inlines = [PeriodInline]
    list_display = ["clinic", "state", "who_may_book", "all_places", "free_places"]
    list_filter = [When, NeedsAction, "state", "who_may_book"]
    list_select_related = ["venue"]
    search_fields = ["name", "venue__name", "venue__town", "venue__postcode"]
    search_help_text = gettext_lazy("Search by name of the clinic, or by venue, town or postcode")
    date_hierarchy = "date"
    autocomplete_fields = ["venue"]
    actions = ["publish", "stop_bookings", "take_bookings", "finish", "close_off"]
    change_form_template = "admin/clinic_change_form.html"
    fieldsets = [
        (None, {"fields": ["team", "venue", "date", "name", "who_may_book", "appointment_minutes", "vaccines"]}),
        (gettext_lazy("Drop-in"), {"fields": ["drop_in_from", "drop_in_until"]}),
        (gettext_lazy("In words"), {"fields": ["for_whom", "languages_spoken", "slug"]}),
        (
            gettext_lazy("Clinical"),
            {"fields": ["early_doses", "early_doses_reason", "advise_18_month_dose", "observation_minutes"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClinicSession]:
        """Count the places there are and those that are free."""
        places = Place.objects.filter(withdrawn_at__isnull=True)
        return (
            super()
            .get_queryset(request)
            .select_related("venue", "team")
            .annotate(places_there_are=counted(places), places_free=counted(places.free(timezone.now())))
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A clinic that was closed off or cancelled stays as it was."""
        over = obj is not None and obj.state in (ClinicSession.State.CLOSED_OFF, ClinicSession.State.CANCELLED)
        return not over and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A clinic stays with its team; what its places hang on is fixed once it has been published."""
        if obj is None:
            return []
        fixed = [] if obj.state == ClinicSession.State.DRAFT else actions.FIXED_ONCE_PUBLISHED
        over = ["vaccines_in_words"] if self._over(obj) else []
        return ["team", "state", "cancelled_reason", "worked_under", *fixed, *over]

    def _over(self, obj: ClinicSession) -> bool:
        return obj.state in (ClinicSession.State.CLOSED_OFF, ClinicSession.State.CANCELLED)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the state of a clinic that exists; its vaccines in words where they can no longer be changed."""
        if obj is None:
            return self.fieldsets
        first = ["state", *(["cancelled_reason"] if obj.cancelled_reason else []), *self.fieldsets[0][1]["fields"]]
        if not self.has_change_permission(request, obj):
            first[first.index("vaccines")] = "vaccines_in_words"
        *others, (clinical, options) = self.fieldsets[1:]
        return [
            (None, {"fields": first}),
            *others,
            (clinical, {**options, "fields": ["worked_under", *options["fields"]]}),
        ]

    @admin.display(description=gettext_lazy("vaccines offered"))
    def vaccines_in_words(self, session: ClinicSession) -> str:
        """The vaccines offered."""
        return ", ".join(str(name) for name in session.vaccine_names())

    @admin.display(description=gettext_lazy("directions in force on the day"))
    def worked_under(self, session: ClinicSession) -> str:
        """The directions that its vaccinators can work under, vaccine by vaccine, and where there is none."""
        known = directions_for(session.team_id, session.vaccine_codes())
        lines = []
        for code in session.vaccine_codes():
            found = in_force(known, code, session.date)
            words = "; ".join(map(str, found)) or why_none(known, code, session.date)
            lines.append((str(Vaccine(code).label), words))
        return format_html_join(mark_safe("<br>"), "{}: {}", lines)

    @admin.display(description=gettext_lazy("clinic"), ordering="date")
    def clinic(self, session: ClinicSession) -> str:
        """The day and the place: “Sat 14 Mar 2026 – Town Hall, Evesham”."""
        return f"{date_format(session.date, 'D j M Y')} – {session.venue}"

    @admin.display(description=gettext_lazy("places"), ordering="places_there_are")
    def all_places(self, session: Any) -> int:
        """How many places there are."""
        return session.places_there_are

    @admin.display(description=gettext_lazy("free"), ordering="places_free")
    def free_places(self, session: Any) -> int:
        """How many places are free now."""
        return session.places_free

    # --- saving

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Leave the periods for ``save_related``, which hands all of them to one action."""
        if formset.model is VaccinationPeriod:
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        else:
            super().save_formset(request, form, formset, change)

    def save_model(self, request: HttpRequest, obj: ClinicSession, form: Any, change: bool) -> None:
        """Change a clinic by the action, which writes only what changed and the audit."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        actions.change_session(session=obj, changes=changes, by=staff_of(request), at=timezone.now(), source="admin")

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The actions wrote it down already."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save what a new clinic offers, then the periods on its day, by the action that knows their rules."""
        super().save_related(request, form, formsets, change)
        session: ClinicSession = form.instance
        if not change:
            VaccineOffer.objects.bulk_create(
                VaccineOffer(session=session, vaccine=vaccine) for vaccine in form.cleaned_data["vaccines"]
            )
        for formset in formsets:
            moved = "date" in form.changed_data or "appointment_minutes" in form.changed_data
            if formset.model is VaccinationPeriod and (moved or formset.has_changed()):
                rows = [each.cleaned_data for each in formset.forms if each.cleaned_data]
                actions.save_periods(
                    session=session,
                    periods=[(row["start"], row["end"], row["vaccinators"]) for row in rows if not row.get("DELETE")],
                    by=staff_of(request),
                    at=timezone.now(),
                    source="admin",
                )

    # --- actions

    def counts(self, queryset: QuerySet[ClinicSession]) -> list[str]:
        """Return sentences about what the clinics have to do with; ``bookings.admin`` adds who is booked."""
        return []

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Offer the actions that the clinic's state allows as buttons above the form."""
        obj = kwargs.get("obj")
        if obj is not None and obj.pk and self._allows(request, self.change_with, obj):
            allowed = ClinicSession.TRANSITIONS[obj.state]
            offered = {name: words for name, (_run, _name, words) in self._offered(request).items()}
            context["moves"] = [
                (name, offered[name]) for name, state in self.moves(obj).items() if state in allowed and name in offered
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def _offered(self, request: HttpRequest) -> dict[str, tuple[Any, str, str]]:
        return {name: action for name, action in self.get_actions(request).items() if action is not None}

    def moves(self, session: ClinicSession) -> dict[str, str]:
        """Return, for each action, the state it leads to."""
        stopped = session.state == ClinicSession.State.BOOKINGS_CLOSED
        return {
            "take_bookings" if stopped else "publish": ClinicSession.State.PUBLISHED,
            "stop_bookings": ClinicSession.State.BOOKINGS_CLOSED,
            "finish": ClinicSession.State.FINISHED,
            "close_off": ClinicSession.State.CLOSED_OFF,
        }

    def _move(self, request: HttpRequest, queryset: Any, run: Any, **words: str) -> HttpResponse | None:
        return self.confirmed(
            request,
            queryset,
            counts=self.counts,
            run=lambda session, reason: run(session=session, by=staff_of(request), at=timezone.now(), source="admin"),
            **words,
        )

    @admin.action(description=gettext_lazy("Publish"), permissions=["act"])
    def publish(self, request: HttpRequest, queryset: QuerySet[ClinicSession]) -> HttpResponse | None:
        """Lay out the places and open the clinics to those who may book."""
        return self._move(
            request,
            queryset,
            actions.publish_session,
            action="publish",
            question=_("Publish these clinics?"),
            explanation=_("Whoever may book them can do so from then on."),
            button=_("Yes, publish"),
            done=_("{row} is published."),
        )

    @admin.action(description=gettext_lazy("Stop new bookings"), permissions=["act"])
    def stop_bookings(self, request: HttpRequest, queryset: QuerySet[ClinicSession]) -> HttpResponse | None:
        """Take no new bookings."""
        return self._move(
            request,
            queryset,
            actions.close_bookings,
            action="stop_bookings",
            question=_("Stop new bookings for these clinics?"),
            explanation=_("Those who are booked stay booked. This does not cancel the clinic."),
            button=_("Yes, stop new bookings"),
            done=_("{row} takes no new bookings."),
        )

    @admin.action(description=gettext_lazy("Take bookings again"), permissions=["act"])
    def take_bookings(self, request: HttpRequest, queryset: QuerySet[ClinicSession]) -> HttpResponse | None:
        """Open bookings that were stopped."""
        return self._move(
            request,
            queryset,
            actions.reopen_bookings,
            action="take_bookings",
            question=_("Take bookings again for these clinics?"),
            button=_("Yes, take bookings"),
            done=_("{row} takes bookings again."),
        )

    @admin.action(description=gettext_lazy("Finish: the day is over"), permissions=["act"])
    def finish(self, request: HttpRequest, queryset: QuerySet[ClinicSession]) -> HttpResponse | None:
        """Say that the clinics' day is over."""
        return self._move(
            request,
            queryset,
            actions.finish_session,
            action="finish",
            question=_("Finish these clinics?"),
            explanation=_("The public no longer sees them."),
            button=_("Yes, finish"),
            done=_("{row} is finished."),
        )

    def close_off_with(self) -> Any:
        """Return the action that closes a clinic off; ``bookings.admin`` has the one that sees who is still there."""
        return actions.close_off_session

    @admin.action(description=gettext_lazy("Close off: the figures are agreed"), permissions=["act"])
    def close_off(self, request: HttpRequest, queryset: QuerySet[ClinicSession]) -> HttpResponse | None:
        """Say that the clinics' figures are agreed."""
        return self._move(
            request,
            queryset,
            self.close_off_with(),
            action="close_off",
            question=_("Close off these clinics?"),
            explanation=_(
                "Nothing more can be recorded for them but corrections. A senior nurse or co-ordinator can open them "
                "again, with a reason."
            ),
            button=_("Yes, close off"),
            done=_("{row} is closed off."),
        )
