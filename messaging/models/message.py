"""The outbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel, Team


class Message(PublicIdModel):
    """One message that is owed to somebody, written in the transaction that causes it.

    What it says and who receives it are looked up when it is sent, from its ``subject``; nothing personal is stored
    here. ``public_id`` is the reference under which a provider knows it.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("Email")
        TEXT = "text", _("Text message")
        LETTER = "letter", _("Letter")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        NO_LONGER_NEEDED = "no_longer_needed", _("No longer needed")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Not known whether it was sent")

    class Receipt(models.TextChoices):
        """What the provider said later of a message that it had accepted."""

        DELIVERED = "delivered", _("Delivered")
        UNDELIVERED = "undelivered", _("Not delivered for now")
        BOUNCED = "bounced", _("Cannot be delivered")

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="messages", verbose_name=_("team"))
    purpose = models.CharField(_("purpose"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    subject_id = models.UUIDField(_("about"))
    subject_version = models.PositiveIntegerField(_("version"), default=1)
    language = models.CharField(_("language"), max_length=10, default="en-gb")
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(_("due"))
    created_at = models.DateTimeField(_("written"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(_("taken by a worker"), null=True, blank=True)
    # Which of ``messaging.channels`` it was last handed to: there it is looked up after a crash.
    carried_by = models.CharField(_("carried by"), max_length=100, blank=True, default="")
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    provider_reference = models.CharField(_("provider's reference"), max_length=100, blank=True, default="")
    outcome = models.CharField(_("outcome"), max_length=300, blank=True, default="")
    # A keyed hash of the address it went to (``messaging.recipients``): how many one address has had lately.
    recipient_hash = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    receipt = models.CharField(
        _("what became of it"), max_length=20, choices=Receipt, blank=True, default="", db_default=""
    )
    receipt_at = models.DateTimeField(_("heard of it"), null=True, blank=True)
    # Somebody reached the contact in another way, or found that nothing is to be done.
    dealt_with_at = models.DateTimeField(_("dealt with"), null=True, blank=True)
    dealt_with_by_name = models.CharField(_("dealt with by"), max_length=200, blank=True, default="", db_default="")
    dealt_with_note = models.CharField(_("what was done"), max_length=300, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "channel", "subject_id", "subject_version"], name="message_once"
            ),
        ]
        indexes = [
            # The worker's queue: what waits and is due, oldest first.
            models.Index(fields=["due_at", "id"], name="message_queue", condition=models.Q(state="waiting")),
            # What a killed worker left behind.
            models.Index(fields=["claimed_at"], name="message_in_hand", condition=models.Q(state="sending")),
            models.Index(fields=["team", "-id"], name="message_of_team"),
            # How much one address has had lately.
            models.Index(
                fields=["recipient_hash", "finished_at"],
                name="message_to_recipient",
                condition=~models.Q(recipient_hash=""),
            ),
            # What did not arrive and waits for a person.
            models.Index(
                fields=["team", "-id"],
                name="message_for_a_person",
                condition=models.Q(dealt_with_at__isnull=True)
                & (models.Q(state__in=["failed", "unknown"]) | models.Q(receipt="bounced")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}, {self.get_channel_display()}"
