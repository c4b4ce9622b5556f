"""Who waits for times, and what they were offered."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_bases import ReadOnlyInline, staff_of
from accounts.admin_filters import Question, lately
from accounts.permissions import Permission
from bookings.admin.shared import (
    AtClinicsVenue,
    AtVenue,
    LookedInto,
    booking_link,
    clinic_link,
    clinic_words,
    entry_link,
    moment,
    typed_people,
)
from bookings.models import WaitingListEntry, WaitingListOffer
from bookings.waiting_list.joining import stop_waiting
from bookings.waiting_list.wishes import PARTS, WEEKDAYS
from clinics.admin import counted
from clinics.words import clock, listed


class OfferInline(ReadOnlyInline):
    """What a family was offered, and what they said."""

    model = WaitingListOffer
    fields = readonly_fields = ("clinic", "time", "offered", "kept_until", "said")
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WaitingListOffer]:
        """Fetch the clinic with each."""
        return super().get_queryset(request).select_related("session__venue")

    @admin.display(description=gettext_lazy("clinic"))
    def clinic(self, offer: WaitingListOffer) -> str:
        """The clinic, linked."""
        return clinic_link(offer.session)

    @admin.display(description=gettext_lazy("time"))
    def time(self, offer: WaitingListOffer) -> str:
        """The first time that is kept."""
        return clock(offer.starts_at)

    @admin.display(description=gettext_lazy("offered"))
    def offered(self, offer: WaitingListOffer) -> str | None:
        """When it was offered."""
        return moment(offer.made_at)

    @admin.display(description=gettext_lazy("kept until"))
    def kept_until(self, offer: WaitingListOffer) -> str | None:
        """Until when the times are kept."""
        return moment(offer.expires_at)

    @admin.display(description=gettext_lazy("answer"))
    def said(self, offer: WaitingListOffer) -> str:
        """What they said, if anything."""
        return answer_of(offer)


def answer_of(offer: WaitingListOffer) -> str:
    """Return what became of an offer, in words."""
    return str(offer.get_answer_display()) if offer.answer else _("Open")


class WhoWaits(Question):
    title = gettext_lazy("waits")
    parameter_name = "is"
    answers = [
        ("waiting", gettext_lazy("Waiting"), lambda rows, at: rows.filter(state="waiting")),
        (
            "no_time",
            gettext_lazy("Waiting, and has no times yet"),
            lambda rows, at: rows.filter(state="waiting", booking__isnull=True),
        ),
        (
            "earlier",
            gettext_lazy("Waiting for an earlier time"),
            lambda rows, at: rows.filter(state="waiting", booking__isnull=False),
        ),
        (
            "not_offered",
            gettext_lazy("Waiting, and was offered nothing yet"),
            lambda rows, at: rows.filter(state="waiting", offers__isnull=True),
        ),
        ("booked", gettext_lazy("Took an offer"), lambda rows, at: rows.filter(state="booked")),
        ("over", gettext_lazy("Stopped or ended"), lambda rows, at: rows.filter(state__in=["stopped", "ended"])),
    ]


@admin.register(WaitingListEntry)
class WaitingListEntryAdmin(LookedInto):
    """Families that wait. Offers are made by the service itself; a family can be taken off the list here."""

    act_with = Permission.INSPECT
    names = ("booking__public_id",)
    reference = "booking__reference"
    inlines = [OfferInline]
    list_display = ["contact_name", "number", "where", "state", "until", "created_at", "offers_made"]
    list_filter = [WhoWaits, lately("created_at", gettext_lazy("joined")), AtVenue]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by reference of the booking they have, or by public id")
    actions = ["stop"]
    fieldsets = [
        (None, {"fields": ["state", "team", "joined", "until", "ended"]}),
        (gettext_lazy("Who"), {"fields": ["contact_name", "reached_by", "number", "who", "their_booking"]}),
        (gettext_lazy("What they wait for"), {"fields": ["where", "days", "times"]}),
    ]
    readonly_fields = [
        *("state", "team", "joined", "until", "ended"),
        *("contact_name", "reached_by", "number", "who", "their_booking"),
        *("where", "days", "times"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WaitingListEntry]:
        """Count the offers, and fetch with each its booking and where they would come."""
        offers = counted(WaitingListOffer.objects.all(), of="entry")
        rows = super().get_queryset(request).select_related("team", "booking").prefetch_related("venues")
        return rows.annotate(number_of_offers=offers)

    def people_shown(self, row: WaitingListEntry) -> Iterable[tuple[int, uuid.UUID]]:
        """The records that the people of their booking were matched to."""
        if row.booking is None:
            return []
        people = row.booking.appointments.filter(person__isnull=False).values_list("person__public_id", flat=True)
        return [(row.team_id, person) for person in dict.fromkeys(people)]

    @admin.display(description=gettext_lazy("contact"))
    def contact_name(self, entry: WaitingListEntry) -> str | None:
        """Who waits; forgotten once a wait is over."""
        return (entry.booking.contact_name if entry.booking else entry.contact.get("name")) or None

    @admin.display(description=gettext_lazy("told by"))
    def reached_by(self, entry: WaitingListEntry) -> str | None:
        """How they are told of an offer."""
        if entry.booking:
            return ", ".join(part for part in (entry.booking.email, entry.booking.phone) if part) or None
        return ", ".join(part for name in ("email", "phone") if (part := entry.contact.get(name))) or None

    @admin.display(description=gettext_lazy("people"))
    def who(self, entry: WaitingListEntry) -> str | None:
        """Who is to be vaccinated, as typed; of a booking, its own page says it."""
        return typed_people(entry.people) or None

    @admin.display(description=gettext_lazy("booking they have"))
    def their_booking(self, entry: WaitingListEntry) -> str:
        """The booking for which they want earlier times."""
        return booking_link(entry.booking) if entry.booking else _("None")

    @admin.display(description=gettext_lazy("places"))
    def where(self, entry: WaitingListEntry) -> str:
        """At which venues they would come."""
        return listed(sorted(venue.name for venue in entry.venues.all()))

    @admin.display(description=gettext_lazy("days"))
    def days(self, entry: WaitingListEntry) -> str:
        """On which days of the week."""
        return listed([str(WEEKDAYS[day]) for day in sorted(entry.weekdays)]) or _("Any day")

    @admin.display(description=gettext_lazy("times of day"))
    def times(self, entry: WaitingListEntry) -> str:
        """In which parts of the day."""
        return ", ".join(str(words) for code, words in PARTS.items() if code in entry.parts) or _("Any time")

    @admin.display(description=gettext_lazy("offers"), ordering="number_of_offers")
    def offers_made(self, entry: Any) -> int:
        """How many offers they had."""
        return entry.number_of_offers

    @admin.display(description=gettext_lazy("joined"))
    def joined(self, entry: WaitingListEntry) -> str | None:
        """Since when they wait."""
        return moment(entry.created_at)

    @admin.display(description=gettext_lazy("ended"), empty_value="–")
    def ended(self, entry: WaitingListEntry) -> str | None:
        """When the wait ended."""
        return moment(entry.ended_at)

    @admin.action(description=gettext_lazy("They wait no longer: take off the list"), permissions=["act"])
    def stop(self, request: HttpRequest, queryset: QuerySet[WaitingListEntry]) -> HttpResponse | None:
        """Take families off the list."""
        return self.confirmed(
            request,
            queryset,
            action="stop",
            question=_("Take these families off the waiting list?"),
            explanation=_("They are offered nothing more, and times kept for them are free for others at once."),
            button=_("Yes, take them off"),
            run=lambda entry, reason: stop_waiting(
                entry=entry, by=staff_of(request), source="admin", at=timezone.now()
            ),
            done=_("{row} is off the waiting list."),
        )


class OfferState(Question):
    title = gettext_lazy("answer")
    parameter_name = "is"
    answers = [
        ("open", gettext_lazy("Open now"), lambda rows, at: rows.filter(answer="", expires_at__gt=at)),
        ("taken", gettext_lazy("Taken"), lambda rows, at: rows.filter(answer="taken")),
        ("declined", gettext_lazy("Declined"), lambda rows, at: rows.filter(answer="declined")),
        ("lapsed", gettext_lazy("Not answered in time"), lambda rows, at: rows.filter(answer="lapsed")),
        ("withdrawn", gettext_lazy("Withdrawn"), lambda rows, at: rows.filter(answer="withdrawn")),
    ]


@admin.register(WaitingListOffer)
class WaitingListOfferAdmin(LookedInto):
    """Times that were kept for a family, and what they said."""

    team_path = "entry__team"
    names = ("entry__public_id", "session__public_id")
    list_display = ["clinic", "time", "number", "said", "made_at", "expires_at"]
    list_filter = [OfferState, lately("made_at", gettext_lazy("offered")), AtClinicsVenue]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by public id of the offer, of the waiting list entry or of the clinic")
    fields = readonly_fields = ("family", "clinic_page", "time", "number", "offered", "kept_until", "said", "answered")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WaitingListOffer]:
        """Fetch clinic and entry with each, for one row's page too."""
        return super().get_queryset(request).select_related("session__venue", "entry__booking")

    @admin.display(description=gettext_lazy("waiting list entry"))
    def family(self, offer: WaitingListOffer) -> str:
        """Whom it was offered, linked."""
        entry = offer.entry
        name = (entry.booking.contact_name if entry.booking else entry.contact.get("name")) or _("Not recorded")
        return entry_link(entry, name)

    @admin.display(description=gettext_lazy("clinic"), ordering="session__date")
    def clinic(self, offer: WaitingListOffer) -> str:
        """The clinic."""
        return clinic_words(offer.session)

    @admin.display(description=gettext_lazy("clinic"))
    def clinic_page(self, offer: WaitingListOffer) -> str:
        """The clinic, linked."""
        return clinic_link(offer.session)

    @admin.display(description=gettext_lazy("time"), ordering="starts_at")
    def time(self, offer: WaitingListOffer) -> str:
        """The first time that is kept."""
        return clock(offer.starts_at)

    @admin.display(description=gettext_lazy("how many people"))
    def number(self, offer: WaitingListOffer) -> int:
        """For how many people."""
        return offer.entry.number

    @admin.display(description=gettext_lazy("answer"), ordering="answer")
    def said(self, offer: WaitingListOffer) -> str:
        """What they said, if anything."""
        return answer_of(offer)

    @admin.display(description=gettext_lazy("offered"))
    def offered(self, offer: WaitingListOffer) -> str | None:
        """When it was offered."""
        return moment(offer.made_at)

    @admin.display(description=gettext_lazy("kept until"))
    def kept_until(self, offer: WaitingListOffer) -> str | None:
        """Until when the times are kept."""
        return moment(offer.expires_at)

    @admin.display(description=gettext_lazy("answered"), empty_value="–")
    def answered(self, offer: WaitingListOffer) -> str | None:
        """When they answered."""
        return moment(offer.answered_at)
