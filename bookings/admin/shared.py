"""What the admin pages of this room share: moments, clinics and people in words, and how rows are found."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from accounts.admin_bases import FirstThousands, FoundByName, ReadOnlyAdmin
from accounts.permissions import Permission
from bookings.models import Booking, WaitingListEntry
from bookings.references import clean_reference, shown_reference
from clinics.models import ClinicSession, Venue
from clinics.times import LONDON


class LookedInto(FoundByName, ReadOnlyAdmin):
    """Rows that actions alone write: co-ordinators look at those of their teams.

    ``names`` are the fields, besides its own, by whose outside name a row is found; ``reference`` is the one in which
    the reference of its booking stands.
    """

    view_with = Permission.INSPECT
    paginator = FirstThousands
    ordering = ["-id"]
    names: tuple[str, ...] = ()
    reference = ""

    def search_by(self, term: str) -> Q | None:
        """Find by an outside name, or by the reference of the booking however it is spaced."""
        try:
            name = uuid.UUID(term)
        except ValueError:
            return Q(**{self.reference: clean_reference(term)[:10]}) if self.reference else None
        found = Q(public_id=name)
        for field in self.names:
            found |= Q(**{field: name})
        return found


class AtVenue(admin.SimpleListFilter):
    """Which venue: those of the user's own teams alone are there to choose."""

    title = gettext_lazy("place")
    parameter_name = "at"
    path = "venues"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the venues of the teams whose rows are listed."""
        venues = model_admin.admin_site.get_model_admin(Venue).get_queryset(request)
        return [(str(public_id), name) for public_id, name in venues.values_list("public_id", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what is at the venue chosen; all where none, or an unknown one, is."""
        known = {value for value, _name in self.lookup_choices}
        chosen = self.value()
        return queryset.filter(**{f"{self.path}__public_id": chosen}) if chosen in known else queryset


class AtClinicsVenue(AtVenue):
    """Where the clinic of a row is held."""

    path = "session__venue"


def moment(at: datetime | None) -> str | None:
    """Return a moment in words, in the time of England; None where there is none."""
    return date_format(at.astimezone(LONDON), "j F Y, H:i") if at else None


def clinic_link(session: ClinicSession) -> str:
    """Return a clinic's day and place, linked to its page."""
    url = reverse("admin:clinics_clinicsession_change", args=[session.public_id])
    return format_html('<a href="{}">{} – {}</a>', url, date_format(session.date, "D j M Y"), session.venue)


def clinic_words(session: ClinicSession) -> str:
    """Return a clinic's day and place."""
    return f"{date_format(session.date, 'D j M Y')} – {session.venue}"


def booking_link(booking: Booking) -> str:
    """Return the reference of a booking, linked to its page."""
    url = reverse("admin:bookings_booking_change", args=[booking.public_id])
    return format_html('<a href="{}">{}</a>', url, shown_reference(booking.reference))


def entry_link(entry: WaitingListEntry, words: str) -> str:
    """Return words, linked to the page of a waiting list entry."""
    url = reverse("admin:bookings_waitinglistentry_change", args=[entry.public_id])
    return format_html('<a href="{}">{}</a>', url, words)


def typed_people(people: Iterable[Mapping[str, Any]]) -> str:
    """Return people as they were typed: names and dates of birth, one after the other."""
    return "; ".join(
        f"{each['first_name']} {each.get('last_name', '')}".strip()
        + f", {date_format(date.fromisoformat(each['date_of_birth']), 'j F Y')}"
        for each in people
    )
