"""Find somebody from the clinic day’s one box."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bookings.queries.day import DayRow, day_list
from bookings.references import clean_reference
from clinics.models import ClinicSession
from immunisations.search import Found, Query, fits_name, read_query, search_people, sounds_like


@dataclass(frozen=True)
class SearchAnswer:
    """What a search found, in the order in which it is shown."""

    query: Query
    here: list[DayRow]
    people: list[Found]

    @property
    def count(self) -> int:
        return len(self.here) + len(self.people)


def search(session: ClinicSession, text: str, *, today: date) -> SearchAnswer:
    """Find somebody by what was typed into the one box: first at this clinic, then among all the team's people."""
    query = read_query(text, today=today)
    reference = clean_reference(text)
    rows = []
    for row in day_list(session, today=today).rows:
        reasons = _fits(row, query, reference)
        if reasons:
            row.why = reasons
            rows.append(row)
    on_list = {row.person.pk for row in rows if row.person is not None}
    people = [found for found in search_people(session.team, query) if found.person.pk not in on_list]
    return SearchAnswer(query, rows, people)


def _fits(row: DayRow, query: Query, reference: str) -> tuple[str | Promise, ...]:
    """Return why a row of the list fits everything in the query, or nothing where it does not."""
    booking = row.booking
    if booking is not None and len(reference) >= 5 and booking.reference.startswith(reference):
        return (_("booking reference"),)
    if not query:
        return ()
    reasons: list[str | Promise] = []
    if query.nhs_number:
        if row.nhs_number != query.nhs_number:
            return ()
        reasons.append(_("NHS number"))
    if query.dates:
        if row.date_of_birth not in query.dates:
            return ()
        reasons.append(_("date of birth"))
    if query.postcode:
        if row.postcode != query.postcode:
            return ()
        reasons.append(_("postcode"))
    if query.code:
        phone = booking.phone if booking else ""
        if not (query.code.isdigit() and len(query.code) >= 6 and query.code.lstrip("0") in phone):
            return ()
        reasons.append(_("phone"))
    if query.words:
        joined = ("".join(query.words),)
        if fits_name(query.words, row.first_name, row.last_name) or fits_name(joined, row.first_name, row.last_name):
            reasons.append(_("name"))
        elif sounds_like(query.words, row.first_name, row.last_name):
            reasons.append(_("name sounds alike"))
        else:
            return ()
    return tuple(reasons)
