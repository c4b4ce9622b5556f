"""Where co-ordinators and senior nurses begin: the coming clinics, and the ways to everything else."""

from django.http import HttpRequest, HttpResponse

from accounts.permissions import Permission
from bookings.queries.coordinating import coordination
from bookings.views.coordinate.base import CoordinatePage


class Coordinate(CoordinatePage):
    """The team's clinics with how full they are."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        context = {
            "clinics": coordination(self.team.pk, today=self.today, at=self.now),
            "may_plan": self.may(Permission.PLAN_CLINICS),
        }
        return self.page("landing.html", context)
