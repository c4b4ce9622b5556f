"""Who waits for a time, what they were offered, and who wants to hear when a clinic opens near them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel, Team
from bookings.models.booking import Booking
from clinics.models import ClinicSession, Venue


class WaitingListEntry(PublicIdModel):
    """A family that waits for times: at which places, on which days, how many people.

    Where ``booking`` is given, they have times and want earlier ones. Otherwise ``people`` and ``contact`` hold what
    they answered, so that one press takes an offer. ``token_hash`` guards the link in messages.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        BOOKED = "booked", _("Took an offer")
        STOPPED = "stopped", _("Stopped")
        # Three offers went by, or the last day they could come has passed.
        ENDED = "ended", _("Ended")

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="waiting_list", verbose_name=_("team"))
    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="waiting_list_entries"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    venues = models.ManyToManyField(Venue, related_name="+", verbose_name=_("places"))
    # Monday is 0. Any day where empty.
    weekdays = models.JSONField(_("days"), default=list, blank=True)
    # "morning", "afternoon", "after_school". Any part where empty.
    parts = models.JSONField(_("parts of the day"), default=list, blank=True)
    number = models.PositiveSmallIntegerField(_("how many people"))
    # For each person, as dataclasses.asdict of PersonDetails, dates in ISO 8601; empty where ``booking`` is given.
    people = models.JSONField(default=list, blank=True, editable=False)
    # As dataclasses.asdict of Contact; empty where ``booking`` is given.
    contact = models.JSONField(default=dict, blank=True, editable=False)
    # The last day on which a time is any use: with a booking, its own day.
    until = models.DateField(_("until"))
    submission_id = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(_("joined"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("waiting list entry")
        verbose_name_plural = _("waiting list entries")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__gte=1, number__lte=6), name="waiting_list_entry_has_people"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", ended_at__isnull=True)
                | (~models.Q(state="waiting") & models.Q(ended_at__isnull=False)),
                name="waiting_list_entry_ended_unless_it_waits",
            ),
            models.UniqueConstraint(
                fields=["booking"], condition=models.Q(state="waiting"), name="waiting_list_booking_waits_once"
            ),
        ]
        indexes = [
            # Those who wait, longest first.
            models.Index(fields=["team", "id"], name="waiting_list_waiting", condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class WaitingListOffer(PublicIdModel):
    """Times that are kept for one family of the waiting list until ``expires_at``."""

    class Answer(models.TextChoices):
        TAKEN = "taken", _("Taken")
        DECLINED = "declined", _("Declined")
        # Nobody answered while it was kept.
        LAPSED = "lapsed", _("Not answered in time")
        # The clinic was cancelled, or the family stopped waiting, while it was open.
        WITHDRAWN = "withdrawn", _("Withdrawn")

    entry = models.ForeignKey(WaitingListEntry, on_delete=models.PROTECT, related_name="offers")
    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="waiting_list_offers")
    starts_at = models.DateTimeField(_("time"))
    # What keeps the places: the holder of reservations of the kind "offer".
    holder = models.UUIDField(unique=True, editable=False)
    made_at = models.DateTimeField(_("offered"))
    expires_at = models.DateTimeField(_("kept until"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True, default="")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("waiting list offer")
        verbose_name_plural = _("waiting list offers")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=models.Q(answer=""), name="waiting_list_offer_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
                name="waiting_list_offer_answered_at",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class OpeningAlert(PublicIdModel):
    """Somebody who wants to hear once when a clinic near a place takes bookings again."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    # A town or an outward code, never a full postcode.
    place = models.CharField(_("place"), max_length=100)
    latitude = models.FloatField(editable=False)
    longitude = models.FloatField(editable=False)
    email = models.EmailField(_("email"), blank=True, default="")
    phone = models.CharField(_("phone"), max_length=30, blank=True, default="")
    language = models.CharField(_("language of the pages"), max_length=10, default="en-gb")
    # The clinic they were told of.
    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("asked"))
    ends_at = models.DateTimeField(_("until"))
    told_at = models.DateTimeField(_("told"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)

    class Meta:
        verbose_name = _("opening alert")
        verbose_name_plural = _("opening alerts")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(email="", phone=""),
                name="opening_alert_can_be_told",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="opening_alert_open",
                condition=models.Q(told_at__isnull=True, stopped_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.place
