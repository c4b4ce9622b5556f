"""An address that a booking's contact had, until its owner was told that they have another."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel
from bookings.models.booking import Booking
from messaging.models import Message


class ReplacedAddress(PublicIdModel):
    """An email address or mobile that was replaced in a booking: kept until it was told so, then deleted.

    Whoever changes the details of somebody else's booking changes where its messages go, too; the old address is the
    only way to tell its owner.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="replaced_addresses")
    channel = models.CharField(_("channel"), max_length=10, choices=Message.Channel)
    address = models.CharField(_("address"), max_length=254)
    replaced_at = models.DateTimeField(_("replaced"))

    class Meta:
        verbose_name = _("replaced address")
        verbose_name_plural = _("replaced addresses")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.public_id)
