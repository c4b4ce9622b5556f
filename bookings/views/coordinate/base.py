"""What every screen of a co-ordinator stands on: the team that the user works for at the moment, or a batch's own."""

from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from accounts.access import access
from accounts.guard import StaffRequired
from accounts.models import Team
from accounts.permissions import Permission, may
from bookings.queries.store import BatchPage, batch_page
from clinics.models import Batch
from clinics.times import london_day


class CoordinatePage(StaffRequired):
    """A page about a team."""

    permission: ClassVar[Permission | None] = Permission.CLOSE_CLINIC

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Take the clock once, so that everything in one answer happens at one moment."""
        super().setup(request, *args, **kwargs)
        self.now: datetime = timezone.now()
        self.today: date = london_day(self.now)

    @property
    def team(self) -> Team:
        """The team that the user works for at the moment."""
        return self.request.membership.team  # type: ignore[attr-defined]

    def may(self, permission: Permission) -> bool:
        """Whether the user may do this in the team of the page."""
        return may(self.user, permission, self.team)

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Return a page of the team."""
        shared = {
            "nav": "coordinate",
            "team": self.team,
            "today": self.today,
            "may_release": self.may(Permission.RELEASE_STOCK),
            "may_coordinate": self.may(Permission.CLOSE_CLINIC),
        }
        return TemplateResponse(self.request, f"coordinate/{template}", shared | context, status=status)


class StorePage(CoordinatePage):
    """A page about the team's stock."""

    permission = Permission.KEEP_STOCK


class BatchPageBase(CoordinatePage):
    """A page about one batch. The batch's own team counts, not the one that the user works for at the moment."""

    permission = None
    needs: ClassVar[Permission] = Permission.KEEP_STOCK

    @cached_property
    def batch(self) -> Batch:
        """The batch of the address: 404 for another team's, 403 for the wrong role."""
        return access(
            Batch.objects.select_related("product", "team"),
            user=self.user,
            permission=self.needs,
            public_id=self.kwargs["batch"],
        )

    @property
    def team(self) -> Team:
        """The batch's team."""
        return self.batch.team

    @cached_property
    def data(self) -> BatchPage:
        """Where its doses are."""
        return batch_page(self.batch, today=self.today)

    def batch_url(self) -> str:
        """The address of the batch's page."""
        return reverse("stock-batch", args=[self.batch.public_id])

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Return a page about the batch."""
        shared = {"batch": self.batch, "back_url": self.batch_url()}
        return super().page(template, shared | context, status=status)
