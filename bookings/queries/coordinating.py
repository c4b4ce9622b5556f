"""The coming clinics of a team, for whoever co-ordinates them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bookings.models import Appointment, ListEntry
from clinics.models import ClinicSession, Place

MOST_CLINICS = 60
# A clinic that ended this long ago and was never closed off is still listed.
LATELY = timedelta(days=14)
FEW = 10


@dataclass(frozen=True)
class ComingClinic:
    """One clinic with how full it is."""

    session: ClinicSession
    booked: int
    free: int
    on_list: int

    @property
    def takes_bookings(self) -> bool:
        return self.session.state == ClinicSession.State.PUBLISHED

    @property
    def is_full(self) -> bool:
        return self.takes_bookings and self.free == 0

    @property
    def is_nearly_full(self) -> bool:
        return self.takes_bookings and 0 < self.free <= FEW


@dataclass(frozen=True)
class Coordination:
    """The clinics to come, soonest first, and those of the last two weeks that nobody has closed off."""

    coming: list[ComingClinic]
    to_close: list[ComingClinic]


def coordination(team_id: int, *, today: date, at: datetime) -> Coordination:
    """Return a team's clinics. One query, however many clinics and bookings there are."""
    free = Place.objects.on_offer().free(at).filter(session=OuterRef("pk"), starts_at__gt=at)
    booked = Appointment.objects.filter(session=OuterRef("pk"), state=Appointment.State.BOOKED)
    listed = ListEntry.objects.filter(session=OuterRef("pk"), taken_off_at__isnull=True)
    over = (ClinicSession.State.CLOSED_OFF, ClinicSession.State.CANCELLED)
    rows = (
        ClinicSession.objects.filter(team=team_id, date__gte=today - LATELY)
        .exclude(state=ClinicSession.State.CANCELLED)
        .exclude(date__lt=today, state__in=[*over, ClinicSession.State.DRAFT])
        .select_related("venue")
        .annotate(booked=_how_many(booked), free=_how_many(free), on_list=_how_many(listed))
        .order_by("date", "name", "pk")[:MOST_CLINICS]
    )
    clinics = [ComingClinic(row, row.booked, row.free, row.on_list) for row in rows]
    return Coordination(
        [each for each in clinics if each.session.date >= today],
        [each for each in clinics if each.session.date < today],
    )


def _how_many(rows: "QuerySet[Any]") -> Coalesce:
    counted = rows.order_by().values("session").annotate(how_many=Count("pk")).values("how_many")
    return Coalesce(Subquery(counted), 0)
