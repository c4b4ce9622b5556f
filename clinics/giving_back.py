"""Giving places back: what an appointment had, and what is kept by somebody who does not book it after all."""

import uuid
from collections.abc import Collection, Sequence

from clinics.models import ClinicSession, Place, Reservation
from clinics.places import share_session


def release(*, reservations: Sequence[int]) -> None:
    """Give back the places of these reservations (by key) and forget them. Must run in the caller's transaction."""
    held = list(
        Place.objects.filter(reservation__in=reservations)
        .order_by("id")
        .select_for_update(of=("self",))
        .values_list("id", flat=True)
    )
    Place.objects.filter(pk__in=held, reservation__in=reservations).update(reservation=None)
    Reservation.objects.filter(pk__in=reservations).delete()


def release_kept(*, holders: Collection[uuid.UUID]) -> None:
    """Give back whatever any of ``holders`` keeps and has not booked. Must run in the caller's transaction.

    Locks are taken as whoever books takes them: the clinics, then all the places, each in the order of their ids. One
    holder after the other would take places in the order of the holders, and be in the way of those who book.
    """
    kept = Place.objects.filter(reservation__holder__in=holders, reservation__expires_at__isnull=False)
    for session in ClinicSession.objects.filter(pk__in=set(kept.values_list("session_id", flat=True))).order_by("pk"):
        share_session(session)
    locked = list(kept.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))
    # Read again under the lock: what was kept may have been booked, or taken over, while this waited.
    reservations = set(kept.filter(pk__in=locked).values_list("reservation_id", flat=True))
    Place.objects.filter(pk__in=locked, reservation__in=reservations).update(reservation=None)
    Reservation.objects.filter(holder__in=holders, pk__in=reservations, expires_at__isnull=False).delete()
