"""What became of an appointment on the day."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import User
from bookings.models import Appointment
from bookings.policies import check_did_not_attend
from clinics.models import ClinicSession
from clinics.places import share_session
from immunisations.people import root_of
from immunisations.policies import check_session_open


@transaction.atomic
def mark_did_not_attend(*, appointments: Sequence[Appointment], by: User | None, source: str, at: datetime) -> int:
    """Note that these booked people never came (for a child: was not brought). Returns how many were marked.

    Those who have arrived meanwhile, or cancelled, are left as they are. Raises BookingRefused (``not_yet``) where the
    time of one has not come, and SessionNotOpen where a clinic is closed off or cancelled.
    """
    # The clinics first, then their appointments: whoever closes or cancels one waits for this, or is seen here.
    clinics = ClinicSession.objects.filter(pk__in={each.session_id for each in appointments}).order_by("pk")
    for session in clinics:
        share_session(session)
    for session in clinics.all():
        check_session_open(session)
    locked = list(
        Appointment.objects.filter(
            pk__in=[appointment.pk for appointment in appointments],
            state=Appointment.State.BOOKED,
            visit__isnull=True,
        )
        .select_for_update(of=("self",))
        .order_by("id")
        .select_related("session", "person__merged_into")
    )
    for appointment in locked:
        check_did_not_attend(appointment, at)
        appointment.state = Appointment.State.DID_NOT_ATTEND
        appointment.version += 1
        audit.record(
            by=by,
            at=at,
            source=source,
            action="mark_did_not_attend",
            thing=appointment,
            team=appointment.session.team_id,
            person_id=root_of(appointment.person).public_id if appointment.person is not None else None,
        )
    Appointment.objects.bulk_update(locked, ["state", "version"])
    return len(locked)
