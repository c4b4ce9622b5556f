"""A clinic's report as rows of a file: the numbers of its page, one a row, and nobody's name."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bookings.queries.report import ClinicReport
from clinics.times import london_day
from clinics.words import clock, plain_date

Row = tuple[str | Promise, str | Promise, str | Promise, str | int]


def report_rows(report: ClinicReport) -> list[Row]:
    """Return block, what, detail and number of everything on the report."""
    session, totals = report.session, report.totals
    rows: list[Row] = [
        (_("Block"), _("What"), _("Detail"), _("Number")),
        (_("Clinic"), session.name, str(session.venue), plain_date(session.date)),
        (_("Clinic"), _("State"), session.get_state_display(), ""),
    ]
    if session.closed_off_at:
        closed = _("%(time)s on %(day)s") % {
            "time": clock(session.closed_off_at),
            "day": plain_date(london_day(session.closed_off_at)),
        }
        rows.append((_("Clinic"), _("Closed by"), session.closed_off_by_name, closed))
        rows.append((_("Clinic"), _("Note"), session.closing_note, ""))
    people = _("People")
    for name, number in [
        (_("Booked"), report.booked),
        (_("Came"), totals.came),
        (_("Walk-ins"), totals.walked_in),
        (_("From the list"), report.from_list),
        (_("Did not attend"), totals.did_not_attend),
        (_("Not produced"), totals.not_produced),
        (_("Still expected"), totals.expected),
        (_("Cancelled"), totals.cancelled),
        # As on the page: whoever had a dose is counted as vaccinated, though they may still be waiting.
        (_("Still here"), totals.still_here),
        (_("Vaccinated"), totals.vaccinated),
        (_("Partly vaccinated"), totals.partly),
        (_("Came but not vaccinated"), totals.not_vaccinated),
        (_("Advice only"), totals.advice_only),
        (_("Record checked only"), totals.check_only),
        (_("People whose record was checked"), totals.records_checked),
        (_("People who declined"), totals.declined),
    ]:
        rows.append((people, name, "", number))
    rows += [(_("Doses given"), each.vaccine, str(each.dose_number or ""), each.count) for each in totals.doses]
    rows += [(_("Not given"), label, "", count) for label, count in totals.reasons]
    for reason in report.next_steps:
        rows.append((_("Follow-ups"), reason.reason, _("set"), reason.set_up))
        rows.append((_("Follow-ups"), reason.reason, _("open"), reason.still_open))
    for line in report.stock.lines:
        batch = f"{line.batch.product.name} {line.batch.number}"
        for name, doses in [
            (_("Taken"), line.taken),
            (_("Given"), line.given),
            (_("Wasted"), line.wasted),
            (_("Expected back"), line.expected),
            (_("Counted back"), "" if line.back is None else line.back),
            (_("Difference"), "" if line.difference is None else line.difference),
        ]:
            rows.append((_("Stock"), batch, name, doses))
        if line.back_note:
            rows.append((_("Stock"), batch, line.back_note, ""))
    rows += [(_("Wasted"), why, "", doses) for why, doses in report.waste]
    rows += [
        (_("Cool boxes"), reading.box, reading.get_moment_display(), str(reading.celsius))
        for reading in report.stock.readings
    ]
    rows += [
        (_("Reactions"), row.get_kind_display(), f"{row.product_name} {row.batch_number}", row.yellow_card_reference)
        for row in report.reactions
    ]
    if report.timing:
        rows.append((_("Arrival to saved dose"), _("Middle"), report.timing.middle_words, report.timing.people))
        rows.append((_("Arrival to saved dose"), _("9 in 10"), report.timing.nine_in_ten_words, report.timing.people))
    if report.listed:
        rows.append((_("List"), report.listed.sentence, "", report.listed.all.listed))
    return rows
