"""When a booking may be made or changed, given how things stand."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission, may
from bookings.models import Appointment, Booking
from clinics.models import ClinicSession
from clinics.places import NotTakingBookings

MOST_PEOPLE = 6


class BookingRefused(Refused):
    """A booking cannot be made or changed like this."""

    code = "booking_refused"


def check_may_book(session: ClinicSession, by: User | None) -> None:
    """Raise NotTakingBookings unless ``by`` (None: a member of the public) may book at this clinic.

    The public may book at public clinics; staff of the clinic's team who book for others, at every one.
    """
    if session.state != ClinicSession.State.PUBLISHED:
        raise NotTakingBookings(_("This clinic is not taking bookings."))
    staff = by is not None and may(by, Permission.BOOK, session.team_id)
    if session.who_may_book != ClinicSession.WhoMayBook.PUBLIC and not staff:
        raise NotTakingBookings(_("This clinic is not taking bookings."))


def check_people(count: int) -> None:
    """Raise BookingRefused unless the booking is for one to six people."""
    if not 1 <= count <= MOST_PEOPLE:
        raise BookingRefused(
            _("A booking can be for 1 to %(most)s people.") % {"most": MOST_PEOPLE}, code="number_of_people"
        )


def check_did_not_attend(appointment: Appointment, at: datetime) -> None:
    """Raise BookingRefused where the time of the appointment has not come: they may still be on their way."""
    if appointment.starts_at > at:
        raise BookingRefused(
            _("%(name)s cannot be marked as did not attend before the time of the appointment.")
            % {"name": appointment.list_name},
            code="not_yet",
        )


def can_cancel(appointment: Appointment, at: datetime, *, staff: bool = False) -> bool:
    """Whether the appointment can still be cancelled: booked, not arrived, not past (which staff may cancel)."""
    try:
        check_cancel(appointment, at, staff=staff)
    except BookingRefused:
        return False
    return True


def check_cancel(appointment: Appointment, at: datetime, *, staff: bool) -> None:
    """Raise BookingRefused, with a code, where the appointment cannot be cancelled. Staff may cancel a past one."""
    if appointment.state == Appointment.State.CANCELLED:
        raise BookingRefused(_("This appointment is cancelled already."), code="already_cancelled")
    if appointment.visit_id is not None:
        raise BookingRefused(_("This appointment cannot be cancelled: they have arrived."), code="arrived")
    if appointment.state != Appointment.State.BOOKED or (appointment.starts_at <= at and not staff):
        raise BookingRefused(_("This appointment is in the past."), code="past")


def can_change(appointment: Appointment, at: datetime, *, staff: bool = False) -> bool:
    """Whether the appointment can still be moved to another time or clinic."""
    try:
        check_change(appointment, at, staff=staff)
    except BookingRefused:
        return False
    return True


def check_change(appointment: Appointment, at: datetime, *, staff: bool) -> None:
    """Raise BookingRefused, with a code, where the appointment cannot be moved. Staff may move a past one."""
    if appointment.state == Appointment.State.CANCELLED:
        raise BookingRefused(_("This appointment is cancelled already."), code="already_cancelled")
    if appointment.visit_id is not None:
        raise BookingRefused(_("This appointment cannot be changed: they have arrived."), code="arrived")
    if appointment.state != Appointment.State.BOOKED or (appointment.starts_at <= at and not staff):
        raise BookingRefused(_("This appointment is in the past."), code="past")


def check_same_team(booking: Booking, session: ClinicSession) -> None:
    """Raise BookingRefused (``other_team``) where the clinic is another team's: a booking belongs to just one."""
    if session.team_id != booking.team_id:
        raise BookingRefused(_("This clinic is run by another team. Make a new booking there."), code="other_team")
