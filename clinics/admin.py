"""Venues, products and batches for co-ordinators; the clinic's page, which ``bookings.admin`` completes."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTimeWidget
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_bases import ReadOnlyAdmin, TeamAdmin, TeamInline, staff_of
from accounts.admin_filters import Question
from accounts.permissions import Permission
from clinics import actions
from clinics.admin_directions import DirectionAdmin
from clinics.admin_guides import GuideVersionAdmin
from clinics.admin_stock import CoolBoxReadingAdmin, StockMovementAdmin
from clinics.directions import directions_for, in_force, why_none
from clinics.models import Batch, ClinicSession, Place, Product, VaccinationPeriod, VaccineOffer, Venue
from clinics.times import LONDON, london_day
from clinics.vaccines import Vaccine
from clinics.words import hours
from nhsuk.forms import PostcodeField

__all__ = ["ClinicSessionAdmin", "CoolBoxReadingAdmin", "DirectionAdmin", "GuideVersionAdmin", "StockMovementAdmin"]


class VenueForm(forms.ModelForm):
    """A venue, its postcode in any case or spacing."""

    postcode = PostcodeField(label=gettext_lazy("Postcode"), subject=gettext_lazy("the postcode"))

    class Meta:
        model = Venue
        fields = [
            "team",
            "name",
            "kind",
            "address",
            "town",
            "postcode",
            "room",
            "step_free",
            "quiet_space",
            "access",
            "travel",
            "ods_code",
            "latitude",
            "longitude",
        ]


@admin.register(Venue)
class VenueAdmin(TeamAdmin):
    """Where clinics are held."""

    view_with = Permission.PLAN_CLINICS
    change_with = Permission.PLAN_CLINICS
    form = VenueForm
    save_as = True
    list_display = ["name", "town", "postcode", "kind", "coming_clinics", "says_access"]
    list_filter = ["kind"]
    search_fields = ["name", "town", "postcode"]
    search_help_text = gettext_lazy("Search by name, town or postcode")
    fieldsets = [
        (None, {"fields": ["team", "name", "kind", "address", "town", "postcode"]}),
        (
            gettext_lazy("For those who come"),
            {
                "fields": ["room", "step_free", "quiet_space", "access", "travel"],
                "description": gettext_lazy("Shown on the clinic’s public page. Write what somebody needs to find it."),
            },
        ),
        (
            gettext_lazy("Codes and position"),
            {"fields": ["ods_code", "latitude", "longitude"], "classes": ["collapse"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Venue]:
        """Count the clinics to come."""
        today = london_day(timezone.now())
        coming = Count("sessions", filter=Q(sessions__date__gte=today) & ~Q(sessions__state="cancelled"))
        return super().get_queryset(request).annotate(coming=coming).order_by("town", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A venue stays with its team."""
        return ["team"] if obj else []

    @admin.display(description=gettext_lazy("clinics to come"), ordering="coming")
    def coming_clinics(self, venue: Any) -> int:
        """How many clinics are still to be held here."""
        return venue.coming

    @admin.display(description=gettext_lazy("access described"), boolean=True)
    def says_access(self, venue: Venue) -> bool:
        """Whether the public is told how to get in."""
        return bool(venue.access)


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    """Reviewed reference data, loaded with the service itself."""

    view_with = Permission.PLAN_CLINICS
    team_path = None
    list_display = ["name", "vaccine", "maker", "contains_gelatine", "volume_ml", "route", "in_use"]
    list_filter = ["in_use", "vaccine"]
    search_fields = ["name", "maker", "code", "dmd_code"]
    search_help_text = gettext_lazy("Search by brand, maker or code")


class BatchState(Question):
    title = gettext_lazy("state")
    parameter_name = "is"
    answers = [
        (
            "usable",
            gettext_lazy("May be given today"),
            lambda rows, at: rows.filter(quarantined_at__isnull=True, expires_on__gte=london_day(at)),
        ),
        (
            "soon",
            gettext_lazy("Expires within 30 days"),
            lambda rows, at: rows.filter(
                expires_on__gte=london_day(at), expires_on__lte=london_day(at) + timedelta(days=30)
            ),
        ),
        ("expired", gettext_lazy("Expired"), lambda rows, at: rows.filter(expires_on__lt=london_day(at))),
        ("quarantined", gettext_lazy("Quarantined"), lambda rows, at: rows.filter(quarantined_at__isnull=False)),
    ]


class BatchForm(forms.ModelForm):
    """A batch as its box shows it."""

    class Meta:
        model = Batch
        fields = ["team", "product", "number", "expires_on"]

    def clean_number(self) -> str:
        """Return the number in capitals with single spaces, as it is stored."""
        return " ".join(self.cleaned_data["number"].split()).upper()


@admin.register(Batch)
class BatchAdmin(TeamAdmin):
    """The batches a team holds."""

    view_with = Permission.PLAN_CLINICS
    change_with = Permission.PLAN_CLINICS
    form = BatchForm
    list_display = ["number", "product", "expires_on", "quarantined_at", "quarantine_reason"]
    list_filter = [BatchState, "product__vaccine"]
    list_select_related = ["product"]
    search_fields = ["number", "product__name"]
    search_help_text = gettext_lazy("Search by batch number or brand")
    date_hierarchy = "expires_on"
    autocomplete_fields = ["product"]
    actions = ["quarantine"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What a batch is cannot change; an expiry date that was misread can."""
        return ["team", "product", "number", "quarantined_at", "quarantine_reason"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Show the quarantine of a batch that exists."""
        return ["team", "product", "number", "expires_on", *(["quarantined_at", "quarantine_reason"] if obj else [])]

    @admin.action(description=gettext_lazy("Quarantine"), permissions=["act"])
    def quarantine(self, request: HttpRequest, queryset: QuerySet[Batch]) -> HttpResponse | None:
        """Take batches out of use, with a reason."""
        return self.confirmed(
            request,
            queryset,
            action="quarantine",
            question=_("Quarantine these batches?"),
            explanation=_("No dose of them can be recorded as given from then on."),
            reason_label=_("Reason"),
            button=_("Yes, quarantine"),
            run=lambda batch, reason: actions.quarantine_batch(
                batch=batch, reason=reason, by=staff_of(request), at=timezone.now(), source="admin"
            ),
            done=_("{row} is in quarantine."),
        )


class PeriodForm(forms.ModelForm):
    """A vaccination period as clocks in England show it on the clinic's day."""

    start = forms.TimeField(label=gettext_lazy("Start"), widget=AdminTimeWidget)
    end = forms.TimeField(label=gettext_lazy("End"), widget=AdminTimeWidget)
    vaccinators = forms.IntegerField(
        label=gettext_lazy("People vaccinated at the same time"), min_value=1, max_value=50, initial=1
    )

    class Meta:
        model = VaccinationPeriod
        fields = ["vaccinators"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["start"] = self.instance.starts_at.astimezone(LONDON).time()
            self.initial["end"] = self.instance.ends_at.astimezone(LONDON).time()


class PeriodInline(TeamInline):
    """When people can be vaccinated, and how many side by side."""

    model = VaccinationPeriod
    form = PeriodForm
    can_delete = True
    max_num = 12

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Offer a morning and an afternoon for a new clinic, one more row for another."""
        return 2 if obj is None else 1

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show the times in words where they can no longer be changed."""
        if obj is not None and not self.has_change_permission(request, obj):
            return [("shown_hours", "vaccinators")]
        return [("start", "end", "vaccinators")]

    readonly_fields = ["shown_hours"]

    @admin.display(description=gettext_lazy("hours"))
    def shown_hours(self, period: VaccinationPeriod) -> str:
        """The period in words."""
        return hours(period.starts_at, period.ends_at)


class SessionForm(forms.ModelForm):
    """A clinic; what it offers is ticked."""

    vaccines = forms.MultipleChoiceField(
        label=gettext_lazy("Vaccines offered"),
        choices=Vaccine.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = ClinicSession
        fields = [
            "team",
            "venue",
            "date",
            "name",
            "slug",
            "who_may_book",
            "appointment_minutes",
            "drop_in_from",
            "drop_in_until",
            "for_whom",
            "languages_spoken",
            "early_doses",
            "early_doses_reason",
            "advise_18_month_dose",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["vaccines"] = self.instance.vaccine_codes()
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        """Check what belongs together: venue and team, drop-in times, early doses and their reason."""
        answers = super().clean() or {}
        team = answers.get("team") or (self.instance.team if self.instance.team_id else None)
        venue = answers.get("venue")
        if team and venue and venue.team_id != team.pk:
            self.add_error("venue", ValidationError(_("This venue belongs to another team. Choose one of the team’s.")))
        start, end = answers.get("drop_in_from"), answers.get("drop_in_until")
        if (start is None) != (end is None):
            name = "drop_in_from" if start is None else "drop_in_until"
            self.add_error(name, ValidationError(_("Enter both times of the drop-in, or neither.")))
        elif start is not None and end is not None and start >= end:
            self.add_error("drop_in_until", ValidationError(_("The drop-in must end after it starts.")))
        if answers.get("early_doses") and not answers.get("early_doses_reason"):
            self.add_error("early_doses_reason", ValidationError(_("Enter the reason for early doses.")))
        minutes = answers.get("appointment_minutes")
        if minutes is not None and not 1 <= minutes <= 120:
            self.add_error("appointment_minutes", ValidationError(_("Enter a length between 1 and 120 minutes.")))
        day = answers.get("date") or self.instance.date
        if "slug" in self.fields and not answers.get("slug") and "slug" not in self.errors and venue and day:
            answers["slug"] = actions.free_slug(town=venue.town, day=day)
        return answers


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
