"""A list added to a clinic: sent, its columns, its rows, then added whole. Nothing is kept before that."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day.people_list import ColumnsForm, ListForm
from bookings.lists.actions import Listed, add_list, lock_list
from bookings.lists.carrying import seal, unseal
from bookings.lists.columns import Columns, read_columns
from bookings.lists.matches import LEAVE, NEW, Found, decide, find_people
from bookings.lists.problems import FORMULA, UnreadableList
from bookings.lists.reading import read_file, read_text
from bookings.lists.rows import Row, check_rows
from bookings.models import ListImport
from bookings.views.clinic_day.base import ClinicDayPage
from bookings.views.clinic_day.checking import uuid_or_new
from immunisations.policies import can_record
from nhsuk.csv_files import csv_response

# How many rows of each kind a page shows; the file of rejected rows has them all.
MOST_SHOWN = 200


class PeopleListAdd(ClinicDayPage):
    """The four steps, at one address: ``does`` says which was answered."""

    needs = Permission.ADD_LISTS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show where the list is pasted or chosen."""
        if not can_record(self.clinic):
            messages.error(request, _("Nothing more can be recorded at this clinic."))
            return redirect("people-list", self.clinic.public_id)
        return self._ask(ListForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take a step."""
        does = request.POST.get("does", "")
        steps = {"": self._read, "columns": self._columns, "check": self._check, "rejected": self._rejected}
        steps["add"] = self._add
        if does not in steps:
            raise Http404
        try:
            return steps[does]()
        except UnreadableList as problem:
            form = ListForm({"pasted": ""} if does else self.request.POST)
            form.full_clean()
            form.errors.clear()
            form.add_error(None, str(problem))
            return self._ask(form, status=problem.status)

    # --- steps

    def _read(self) -> HttpResponse:
        form = ListForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            return self._ask(form)
        file = form.cleaned_data["file"]
        table = read_file(file.file, file.size) if file else read_text(form.cleaned_data["pasted"])
        name = file.name[:200] if file else ""
        columns = read_columns(table)
        if not columns.rows:
            raise UnreadableList(_("There are no rows below the header."), code="no_rows")
        sealed = seal(columns, table.assumed, name, session=self.clinic, user=self.user)
        return self._ask_columns(ColumnsForm(columns=columns), columns, sealed, table.assumed)

    def _opened(self) -> tuple[Columns, list[str], str, str]:
        sealed = self.request.POST.get("list", "")
        columns, said, name = unseal(sealed, session=self.clinic, user=self.user)
        return columns, said, name, sealed

    def _columns(self) -> HttpResponse:
        """Back to the columns, as they were chosen."""
        columns, said, _name, sealed = self._opened()
        form = ColumnsForm(columns=columns, initial=self.request.POST.dict())
        return self._ask_columns(form, columns, sealed, said)

    def _checked(self) -> tuple[ColumnsForm, Columns, list[str], str, str, list[Row]]:
        columns, said, name, sealed = self._opened()
        form = ColumnsForm(self.request.POST, columns=columns)
        rows = []
        if form.is_valid():
            data = form.cleaned_data
            rows = check_rows(columns, form.facts, group=data["group"], all_staff=data["all_staff"], today=self.today)
        return form, columns, said, name, sealed, rows

    def _check(self) -> HttpResponse:
        form, columns, said, _name, sealed, rows = self._checked()
        if not form.is_valid():
            return self._ask_columns(form, columns, sealed, said)
        return self._preview(form, sealed, said, rows, find_people(self.clinic, rows))

    def _rejected(self) -> HttpResponse:
        """The rejected rows as a file, each with its reason."""
        form, columns, _said, _name, _sealed, rows = self._checked()
        if not form.is_valid():
            raise Http404
        find_people(self.clinic, rows)
        headers = [header or _("Column %(number)s") % {"number": n} for n, header in enumerate(columns.headers, 1)]
        table: list[list[object]] = [[_("Row"), *headers, _("Why it was not taken")]]
        table += [
            [row.number, *(_("(formula)") if cell == FORMULA else cell for cell in row.cells), " ".join(row.problems)]
            for row in rows
            if not row.ready
        ]
        return csv_response("rejected-rows.csv", table)

    def _add(self) -> HttpResponse:
        form, columns, said, name, sealed, rows = self._checked()
        if not form.is_valid():
            return self._ask_columns(form, columns, sealed, said)
        client_uuid = uuid_or_new(self.request.POST.get("client_uuid", ""))
        # A second press of the same button: done already.
        done = ListImport.objects.filter(client_uuid=client_uuid, session=self.clinic).first()
        if done is None:
            try:
                done, found, open_ones = self._store(rows, name, client_uuid)
            except UnreadableList:
                raise
            except Refused as refusal:
                found = find_people(self.clinic, rows)
                return self._preview(form, sealed, said, rows, found, problem=str(refusal), status=refusal.status)
            if done is None:
                return self._preview(form, sealed, said, rows, found, open_ones=open_ones)
        messages.success(
            self.request,
            ngettext("%(count)s person added to the list.", "%(count)s people added to the list.", done.added)
            % {"count": done.added},
        )
        return redirect("people-list", self.clinic.public_id)

    @transaction.atomic
    def _store(
        self, rows: list[Row], name: str, client_uuid: Any
    ) -> tuple[ListImport | None, list[Found], list[Found]]:
        """Add the rows, unless somebody has still to say who one is. The list is locked before that."""
        lock_list(self.clinic)
        found = find_people(self.clinic, rows)
        ready, open_ones = decide(found, self.request.POST.dict())
        if open_ones:
            return None, found, open_ones
        people = [
            Listed(
                details=each.row.details,
                person=each.person,
                prison_number=each.row.prison_number,
                group=each.row.group,
                location=each.row.location,
                is_staff=each.row.is_staff,
                note=each.row.note,
            )
            for each in ready
        ]
        made = add_list(
            session=self.clinic,
            people=people,
            rows=len(rows),
            name=name,
            client_uuid=client_uuid,
            by=self.user,
            at=self.now,
        )
        return made, found, []

    # --- pages

    def _ask(self, form: ListForm, *, status: int = 200) -> HttpResponse:
        return self.page("list_add.html", {"form": form}, status=status)

    def _ask_columns(self, form: ColumnsForm, columns: Columns, sealed: str, said: Sequence[str]) -> HttpResponse:
        context = {"form": form, "count": len(columns.rows), "sealed": sealed, "said": said}
        return self.page("list_columns.html", context)

    def _preview(
        self,
        form: ColumnsForm,
        sealed: str,
        said: Sequence[str],
        rows: Sequence[Row],
        found: Sequence[Found],
        *,
        open_ones: Sequence[Found] = (),
        problem: str = "",
        status: int = 200,
    ) -> HttpResponse:
        asks = [each for each in found if each.asks]
        self.note_looks((match.person for each in asks for match in each.likely), "people-list-add")
        known = [each for each in found if each.person is not None and not each.listed]
        self.note_looks((each.person for each in known if each.person), "people-list-add")
        rejected = [row for row in rows if not row.ready]
        post = self.request.POST
        waiting = {each.name: _("Select who %(name)s is") % {"name": each.row.name} for each in open_ones}
        context = {
            "sealed": sealed,
            "said": said,
            "carried": [(name, value) for name in form.fields for value in post.getlist(name)],
            "client_uuid": uuid_or_new(post.get("client_uuid", "")) if post.get("does") == "add" else uuid4(),
            "rows": rows,
            "ready": [each for each in found if not each.listed and not each.asks],
            "new": [each for each in found if each.person is None and not each.asks][:MOST_SHOWN],
            "known": known[:MOST_SHOWN],
            "listed": [each for each in found if each.listed],
            "questions": [
                (each, post.get(each.name, ""), waiting.get(each.name, ""), f"{each.name}-error") for each in asks
            ],
            "rejected": rejected,
            "rejected_shown": rejected[:MOST_SHOWN],
            "problem": problem,
            "open_ones": open_ones,
            "has_errors": bool(open_ones),
            "new_value": NEW,
            "leave_value": LEAVE,
        }
        return self.page("list_check.html", context, status=status)
