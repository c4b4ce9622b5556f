"""What somebody still has to do after a visit, who does it, and by when."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel
from clinics.models import ClinicSession
from immunisations.models.person import Person
from immunisations.models.vaccination import Vaccination
from immunisations.models.visit import Visit


class FollowUpStep(models.TextChoices):
    """What is to be done next."""

    BOOK_AGAIN = "book_again", _("Book again now")
    INVITE_AGAIN = "invite_again", _("Invite again")
    PHONE = "phone", _("Phone")
    FIND_RECORD = "find_record", _("Find the record")
    REFER_GP = "refer_gp", _("Ask the GP practice")
    REFER_HOSPITAL = "refer_hospital", _("Refer to the hospital clinic")
    SEE_AGAIN = "see_again", _("See again at the next clinic here")
    OTHER = "other", _("Something else")


class FollowUpState(models.TextChoices):
    """Whether it is still to be done."""

    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Not needed any more")


class FollowUp(PublicIdModel):
    """One thing to do for one person: the step, its owner (nobody in particular is the team) and its day.

    Closing says what came of it. ``version`` rises with each change, so that two people never close one differently
    without knowing.
    """

    Step = FollowUpStep
    State = FollowUpState

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="follow_ups")
    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="follow_ups")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="follow_ups")
    # The record that asks for it: a dose not given, for example.
    vaccination = models.ForeignKey(
        Vaccination, on_delete=models.PROTECT, null=True, blank=True, related_name="follow_ups"
    )
    step = models.CharField(_("what to do"), max_length=15, choices=FollowUpStep)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="follow_ups",
        verbose_name=_("who does it"),
    )
    due_on = models.DateField(_("by"))
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    state = models.CharField(_("state"), max_length=8, choices=FollowUpState, default=FollowUpState.OPEN)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_by_name = models.CharField(_("made by"), max_length=200)
    made_at = models.DateTimeField(_("made"))
    closed_by_name = models.CharField(_("closed by"), max_length=200, blank=True, default="")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    came_of_it = models.CharField(_("what came of it"), max_length=300, blank=True, default="")
    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(step__in=FollowUpStep.values), name="follow_up_step_known"),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True)
                | models.Q(state__in=["done", "dropped"], closed_at__isnull=False),
                name="follow_up_closed_says_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(step="other") | ~models.Q(note=""), name="follow_up_other_says_what"
            ),
        ]
        indexes = [
            # The list of open ones, by day: few rows of many.
            models.Index(fields=["due_on"], name="follow_up_open", condition=models.Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.person}"
