"""A batch recall: everybody who had it, on a page, on paper, and as a file for a spreadsheet."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.audit import record_views
from accounts.permissions import Permission
from bookings.queries.recall import Recalled, RecallList, recall_list
from bookings.views.coordinate.base import BatchPageBase
from clinics.words import plain_date
from nhsuk.csv_files import csv_response


class RecallBase(BatchPageBase):
    """Everybody who had a batch. Every look at them is written down."""

    needs = Permission.RELEASE_STOCK

    @cached_property
    def people(self) -> RecallList:
        """Who had it, or was recorded with it first. Raises PermissionDenied for whoever may not see records."""
        require(self.user, Permission.SEE_RECORDS, self.batch.team_id)
        return recall_list(self.batch)

    def note_looks(self, page: str) -> None:
        """Write down that the user saw these people."""
        seen = dict.fromkeys(each.person.public_id for each in self.people.everybody)
        record_views(user=self.user, at=self.now, team=self.batch.team_id, people=seen, page=page)


class BatchRecall(RecallBase):
    """The list, for the screen and for paper."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        self.note_looks("batch-recall")
        return self.page("recall.html", {"people": self.people})


class BatchRecallFile(RecallBase):
    """The same list as CSV."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Send it."""
        self.note_looks("batch-recall-file")
        return csv_response(f"batch-recall-{self.today:%Y-%m-%d}.csv", self._rows())

    def _rows(self) -> Iterator[Sequence[object]]:
        yield [
            _("Standing"),
            _("Last name"),
            _("First name"),
            _("Date of birth"),
            _("NHS number"),
            _("Phone"),
            _("Email"),
            _("Contact"),
            _("Relationship"),
            _("Address"),
            _("Postcode"),
            _("Language"),
            _("Interpreter"),
            _("GP practice"),
            _("Contact only the person themselves"),
            _("Product"),
            _("Batch"),
            _("Vaccine"),
            _("Given on"),
            _("Given by"),
            _("Clinic"),
            _("Corrected since"),
        ]
        for standing, people in (
            (_("Had this batch"), self.people.had),
            (_("Recorded with this batch first, corrected since"), self.people.corrected),
        ):
            for each in people:
                yield from self._rows_of(standing, each)

    def _rows_of(self, standing: str, each: Recalled) -> Iterator[Sequence[object]]:
        person, booking = each.person, each.booking
        about = [
            standing,
            person.last_name,
            person.first_name,
            person.date_of_birth.isoformat(),
            person.nhs_number,
            ", ".join(each.phones),
            booking.email if booking else "",
            booking.contact_name if booking else "",
            booking.relationship if booking else "",
            " ".join(person.address.split()),
            person.postcode,
            each.language,
            _("Yes") if each.interpreter else "",
            str(person.practice or ""),
            _("Yes") if each.private else "",
        ]
        for row in each.doses:
            later = getattr(row, "replaced_by", None)
            yield [
                *about,
                row.product_name,
                row.batch_number,
                row.get_vaccine_display(),
                plain_date(row.given_on) if row.given_on else "",
                row.given_by_name,
                f"{row.session.name}, {plain_date(row.session.date)}",
                later.correction_reason if later else "",
            ]
