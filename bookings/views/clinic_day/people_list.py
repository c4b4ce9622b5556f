"""A clinic's list of people: by wing or site, one added, one taken off, and its report."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day.people_list import OnePersonForm, TakeOffForm
from bookings.lists.actions import Listed, add_to_list, take_off_list
from bookings.models import ListEntry
from bookings.queries.lists import list_report, list_table, numbers_table
from bookings.views.clinic_day.base import ClinicDayPage, uuids
from clinics.models import Venue
from immunisations.matching import Details, Match, likely_matches
from immunisations.models import Person
from nhsuk.csv_files import csv_response


class PeopleList(ClinicDayPage):
    """Everybody on the list by wing or site, with the sentence of the report."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the list."""
        report = list_report(self.clinic)
        self.note_looks((row.person for row in report.rows), "people-list")
        context = {
            "report": report,
            "may_add": self.may(Permission.ADD_LISTS),
            "back_url": self.day_url(),
        }
        return self.page("list_people.html", context)


class PeopleListReport(ClinicDayPage):
    """The numbers of the list by wing, with who was not offered anything yet."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the report."""
        report = list_report(self.clinic)
        self.note_looks((row.person for row in report.to_ask), "people-list-report")
        columns, *lines = numbers_table(report)
        context = {
            "report": report,
            "columns": columns[1:],
            "lines": [(line[0], line[1:]) for line in lines],
            "back_url": self.day_url(),
        }
        return self.page("list_report.html", context)


class PeopleListFile(ClinicDayPage):
    """The report and the list as a CSV file."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Send the file."""
        report = list_report(self.clinic)
        self.note_looks((row.person for row in report.rows), "people-list-file")
        return csv_response(f"list-{self.clinic.date.isoformat()}.csv", list_table(report))


class PeopleListOne(ClinicDayPage):
    """One more person for the list."""

    needs = Permission.ADD_LISTS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._page(self._form())

    def _form(self, post: Any = None) -> OnePersonForm:
        form = OnePersonForm(post, today=self.today)
        if self.clinic.venue.kind != Venue.Kind.PRISON:
            del form.fields["prison_number"]
        return form

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Add them; where people are like them, show those first."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        data = form.cleaned_data
        person = None
        if "is" in request.POST:
            person = get_object_or_404(
                Person.objects.select_related("merged_into"),
                team=self.clinic.team_id,
                public_id=uuids([request.POST["is"]])[0],
            )
        elif "add" not in request.POST:
            details = Details(
                data["first_name"],
                data["last_name"],
                data["date_of_birth"],
                nhs_number=data["nhs_number"],
                prison_number=data.get("prison_number", ""),
            )
            matches = likely_matches(self.clinic.team, details)
            if matches:
                return self._page(form, matches=matches)
        try:
            entry = add_to_list(session=self.clinic, listed=self._listed(data, person), by=self.user, at=self.now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        messages.success(request, _("%(name)s is on the list.") % {"name": entry.person.list_name})
        return redirect("people-list", self.clinic.public_id)

    def _listed(self, data: dict[str, Any], person: Person | None) -> Listed:
        names = ("first_name", "last_name", "date_of_birth", "nhs_number")
        return Listed(
            details={name: data[name] for name in names},
            person=person,
            prison_number=data.get("prison_number", ""),
            group=data["group"],
            location=data["location"],
            is_staff=data["is_staff"],
        )

    def _page(self, form: OnePersonForm, *, matches: list[Match] | None = None, status: int = 200) -> HttpResponse:
        self.note_looks((match.person for match in matches or ()), "people-list-one")
        return self.page("list_one.html", {"form": form, "matches": matches or []}, status=status)


class PeopleListOff(ClinicDayPage):
    """Somebody is taken off the list, with the reason."""

    needs = Permission.ADD_LISTS

    @cached_property
    def entry(self) -> ListEntry:
        """The entry of the address."""
        return get_object_or_404(
            ListEntry.objects.select_related("person__merged_into", "session"),
            session=self.clinic,
            public_id=self.kwargs["entry"],
        )

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask why."""
        return self._page(TakeOffForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take them off."""
        form = TakeOffForm(request.POST)
        entry = self.entry
        if not form.is_valid():
            return self._page(form)
        try:
            take_off_list(entry=entry, reason=form.cleaned_data["reason"], by=self.user, at=self.now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        messages.success(request, _("%(name)s was taken off the list.") % {"name": entry.person.list_name})
        return redirect("people-list", self.clinic.public_id)

    def _page(self, form: TakeOffForm, *, status: int = 200) -> HttpResponse:
        self.note_looks([self.entry.person], "people-list-off")
        return self.page("list_off.html", {"form": form, "entry": self.entry}, status=status)
