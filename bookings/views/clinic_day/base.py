"""What every screen of the clinic day stands on: the clinic, reached through its team, and the person there."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar, cast
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import BigIntegerField, UUIDField
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from accounts.access import check_access
from accounts.audit import record_view, record_views
from accounts.guard import StaffRequired
from accounts.models import User
from accounts.permissions import Permission, may
from accounts.recurring import Recurring
from bookings.queries import PersonPage, person_page
from bookings.queries.day_keys import SECTIONS
from bookings.queries.rows import initials
from bookings.views.clinic_day.batches import chosen_batches
from clinics.models import Batch, ClinicSession
from clinics.places import share_session
from clinics.times import london_day
from immunisations.meanwhile import check_unchanged, seen_now
from immunisations.models import Person
from immunisations.policies import can_record

# Whether the user's screen faces a queue: kept in their session.
HIDE_NAMES = "hide_names"


def uuids(values: list[str]) -> list[UUID]:
    """Return the ids among what was posted. Raises Http404 for anything else: our own pages post only ids."""
    try:
        return [UUID(value) for value in values]
    except ValueError as problem:
        raise Http404 from problem


_CLINIC: Recurring[ClinicSession] = Recurring(
    lambda public_id: (
        ClinicSession.objects.filter(public_id=public_id)
        .exclude(state=ClinicSession.State.DRAFT)
        .select_related("team", "venue")
        .prefetch_related("offers")
    ),
    public_id=UUIDField(),
)
_PERSON: Recurring[Person] = Recurring(
    lambda team, public_id: Person.objects.filter(team=team, public_id=public_id).select_related("merged_into"),
    team=BigIntegerField(),
    public_id=UUIDField(),
)


class ClinicDayPage(StaffRequired):
    """A page about one clinic, whose public id is in the address. ``needs`` is the permission in the clinic's team.

    The clinic's own team counts, not the one that the user works for at the moment: an address works for everybody
    who may see it.
    """

    needs: ClassVar[Permission] = Permission.RUN_DESK

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Take the clock once, so that everything in one answer happens at one moment."""
        super().setup(request, *args, **kwargs)
        self.now: datetime = timezone.now()
        self.today: date = london_day(self.now)

    @property
    def user(self) -> User:
        """The signed-in user."""
        # StaffRequired let nobody else in.
        return cast(User, self.request.user)

    @cached_property
    def clinic(self) -> ClinicSession:
        """The clinic of the address: 404 for another team's, 403 for the wrong role."""
        clinic = _CLINIC.one(public_id=self.kwargs["session"])
        check_access(self.user, self.needs, clinic.team_id if clinic else None)
        return cast(ClinicSession, clinic)

    @property
    def arrives(self) -> bool:
        """Whether somebody can arrive now: at an open clinic, on its day."""
        return can_record(self.clinic) and self.clinic.date == self.today

    @property
    def hidden(self) -> bool:
        """Whether a queue can read this user's screen, so that no list names anybody."""
        return bool(self.request.session.get(HIDE_NAMES))

    @cached_property
    def in_use(self) -> list[Batch]:
        """The batches that the user gives from at this clinic."""
        return chosen_batches(self.request, self.clinic)

    def may(self, permission: Permission) -> bool:
        """Whether the user may do this in the clinic's team."""
        return may(self.user, permission, self.clinic.team_id)

    @property
    def whole(self) -> tuple[str, ...]:
        """The long sections of the list that the address asks to see whole."""
        return tuple(section for section in SECTIONS if section in self.request.GET.getlist("all"))

    @property
    def whole_query(self) -> str:
        """What the address of a list, or of what leads back to it, says of sections that are shown whole."""
        return f"?{urlencode([('all', section) for section in self.whole])}" if self.whole else ""

    def day_url(self) -> str:
        """The address of the clinic's list."""
        return reverse("clinic-day-session", args=[self.clinic.public_id]) + self.whole_query

    def named(self, person: Person) -> str:
        """How a message names somebody: by initials while a queue can read the screen."""
        return initials(person.first_name, person.last_name) if self.hidden else person.list_name

    def note_looks(self, people: Iterable[Person], page: str) -> None:
        """Write down that the user saw who these people are on a page that names several."""
        each = dict.fromkeys(person.public_id for person in people)
        record_views(user=self.user, at=self.now, team=self.clinic.team_id, people=each, page=page)

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Return a page of the clinic."""
        shared = {
            "nav": "clinic-day",
            "clinic": self.clinic,
            "today": self.today,
            "open": can_record(self.clinic),
            "arrives": self.arrives,
            "on_paper": can_record(self.clinic) and self.clinic.date < self.today,
            "hidden": self.hidden,
            # Read only where a page says it.
            "in_use": lambda: self.in_use,
            "may_check": self.may(Permission.CHECK_RECORDS),
            "may_vaccinate": self.may(Permission.VACCINATE),
            "may_see_totals": self.may(Permission.SEE_TOTALS),
            "may_keep_stock": self.may(Permission.KEEP_STOCK),
            "may_correct": self.may(Permission.CORRECT_RECORDS),
            "may_send": self.may(Permission.SEND_RECORDS),
            "may_add_lists": self.may(Permission.ADD_LISTS),
            "may_close": self.may(Permission.CLOSE_CLINIC),
            "may_book": self.may(Permission.BOOK),
            "may_follow_up": self.may(Permission.FOLLOW_UP),
        }
        return TemplateResponse(self.request, f"clinic_day/{template}", shared | context, status=status)


class PersonPageBase(ClinicDayPage):
    """A page about one person at one clinic. Every time it is shown is written down."""

    needs = Permission.SEE_RECORDS
    # The page's name in the register of views.
    page_name: ClassVar[str] = "person"
    # What a form about the person carries: the last thing that was done to them before ``data`` was read.
    seen: str

    @cached_property
    def person(self) -> Person:
        """The person of the address, as the root that stands for them."""
        clinic = self.clinic
        row = _PERSON.one(team=clinic.team_id, public_id=self.kwargs["person"])
        if row is None:
            raise Http404
        return row.merged_into or row

    @cached_property
    def data(self) -> PersonPage:
        """Everything known of them here."""
        # First of all: what others do while the rest is read may not be on the page, and so was not seen.
        self.seen = seen_now(self.person)
        return person_page(self.clinic, self.person, today=self.today)

    def check_unchanged(self) -> None:
        """Within a transaction: raise ChangedMeanwhile where somebody else changed what the sent page showed."""
        # First the clinic, then the person: the order in which a record locks them.
        share_session(self.clinic)
        check_unchanged(self.person, self.request.POST.get("seen", ""), by=self.user)

    def person_url(self, public_id: UUID | None = None) -> str:
        """The address of the person's page, or of another person's at this clinic."""
        return reverse("person", args=[self.clinic.public_id, public_id or self.person.public_id])

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Return a page about the person, and write down that it was looked at."""
        data = self.data
        record_view(
            user=self.user,
            at=self.now,
            team=self.clinic.team_id,
            person_id=self.person.public_id,
            page=self.page_name,
        )
        shared = {
            "data": data,
            "person": self.person,
            "seen": self.seen,
            "named": self.named(self.person),
        }
        return super().page(template, {**shared, **context}, status=status)
