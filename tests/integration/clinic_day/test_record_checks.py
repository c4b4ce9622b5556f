"""The record check: sources, doses a line each, the finding, and what two records disagree about."""

import uuid
from datetime import date, timedelta

import pytest

from accounts.models import AuditEvent
from clinics.models import ClinicSession
from immunisations import actions
from immunisations.models import DoseJudgement, DoseSeen, RecordCheck, Visit
from tests.integration.clinic_day.conftest import check, words
from tests.support.factories import MORNING

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def line(number, vaccine="", given_on="", *seen_in, **more):
    """Return the fields of one line of doses."""
    fields = {f"dose{number}-{key}": value for key, value in more.items()}
    return {
        f"dose{number}-vaccine": vaccine,
        f"dose{number}-given_on": given_on,
        f"dose{number}-seen_in": list(seen_in),
        **fields,
    }


BOOK = {"red_book-outcome": "doses_found"}
BOOK_AND_GP = {**BOOK, "gp_record-outcome": "doses_found"}


def page_of(clinic, nurse, person):
    return words(nurse.get(clinic.url("person", person.public_id)))


def test_doses_are_entered_as_the_record_has_them(clinic, nurse, amina):
    sent = {
        **BOOK,
        "red_book-how_seen": "The book itself",
        "red_book-source_name": "Red book, second volume",
        **line(0, "MMR", "1/4/24", batch_number="B7"),
        **line(2, "6IN1", "June 2023"),
        **line(1, "6IN1", "2023", country="Poland"),
    }
    assert check(nurse, clinic, amina, **sent).url == clinic.url("person", amina.public_id)
    made = RecordCheck.objects.get()
    assert made.visit == Visit.objects.get() and made.how_seen == "The book itself"
    assert (made.source_name, made.outcome) == ("Red book, second volume", "doses_found")
    assert sorted(DoseSeen.objects.values_list("given_on", "country", "batch_number")) == [
        ("2023", "Poland", ""),
        ("2023-06", "", ""),
        ("2024-04-01", "", "B7"),
    ]


def test_several_sources_are_one_round_with_one_finding_and_one_audit_event(clinic, nurse, amina):
    sent = {
        **BOOK_AND_GP,
        "chis-outcome": "nothing_recorded",
        "school-outcome": "not_available",
        **line(0, "MMR", "26 March 2024", "red_book", "gp_record"),
        "client_uuid": "6a1f2d0e-8f0a-4a57-9a1e-1f2d3c4b5a69",
    }
    check(nurse, clinic, amina, **sent)
    rows = RecordCheck.objects.order_by("pk")
    assert [(row.source, row.outcome, row.doses.count()) for row in rows] == [
        ("red_book", "doses_found", 1),
        ("chis", "nothing_recorded", 0),
        ("gp_record", "doses_found", 1),
        ("school", "not_available", 0),
    ]
    assert {row.round for row in rows} == {uuid.UUID(sent["client_uuid"])}
    assert {row.finding for row in rows} == {
        "Agreed history: MMR 1 on 26 March 2024, does not count (given 1 day before the first birthday). "
        "Source: red book and GP record. CHIS: nothing recorded. School service: not available."
    }
    [event] = AuditEvent.objects.filter(action="record_check")
    assert [each["source"] for each in event.after["sources"]] == ["red_book", "chis", "gp_record", "school"]
    page = page_of(clinic, nurse, amina)
    assert "Not asked: Overseas papers, Told by the person or parent." in page
    assert "2 sources agree: Red book, GP record Not in: CHIS" in page


def test_the_finding_is_the_checkers_own(clinic, nurse, amina):
    check(
        nurse,
        clinic,
        amina,
        finding="Mother says the book was lost in a move.",
        **{"red_book-outcome": "not_available"},
    )
    assert RecordCheck.objects.get().finding == "Mother says the book was lost in a move."


def test_before_it_is_saved_the_record_is_shown_as_it_will_be(clinic, nurse, amina):
    url = clinic.url("record-check", amina.public_id)
    shown = nurse.post(url, {**BOOK, "rows": "3", **line(0, "MMR", "26/3/24"), **line(1, "MMR", "1/6/24")}, follow=True)
    page = words(shown)
    assert "Given 1 day before the first birthday: does not count." in page and "The record as it will be" in page
    assert "What would be due" in page and not RecordCheck.objects.exists()
    assert 'name="dose0-given_on" value="26/3/24"' in shown.content.decode()


def test_going_back_to_change_something_loses_nothing(clinic, nurse, amina):
    url = clinic.url("record-check", amina.public_id)
    sent = {**BOOK_AND_GP, "rows": "5", **line(4, "MMR", "1.4.24", "red_book", batch_number="B7")}
    written = {"finding": "My own words.", "drafted": "Ours."}
    page = nurse.post(url, {**sent, **written, "change": "yes"}, follow=True)
    html = page.content.decode()
    assert page.status_code == 200 and "There is a problem" not in html
    assert 'value="1.4.24"' in html and 'value="B7"' in html and html.count('class="app-line__vaccine"') == 6
    assert 'name="finding" value="My own words."' in html
    # The sentence that the checker had changed already is kept; one that they had not is written anew.
    ready = {**sent, **line(3, "MMR", "1.6.24", "gp_record")}
    assert "My own words." in words(nurse.post(url, {**ready, **written}, follow=True))
    anew = words(nurse.post(url, {**ready, "finding": "Ours.", "drafted": "Ours."}, follow=True))
    assert "The records differ: MMR 1 on 1 April 2024 (red book only)" in anew


def test_what_was_entered_is_there_again_until_it_is_saved_or_thrown_away(clinic, nurse, amina):
    url = clinic.url("record-check", amina.public_id)
    assert nurse.post(url, {**BOOK, "rows": "3", **line(0, "MMR", "1.4.24")}).url == f"{url}?step=finding"
    again = nurse.get(url)
    assert 'value="1.4.24"' in again.content.decode() and "This check is not saved yet." in words(again)
    assert 'value="1.4.24"' not in nurse.get(url, {"start": "empty"}).content.decode()
    check(nurse, clinic, amina, **BOOK, **line(0, "MMR", "1.4.24"))
    assert "This check is not saved yet." not in words(nurse.get(url))
    assert nurse.get(url, {"step": "finding"}).status_code == 200


def test_more_lines_come_without_script_and_nothing_is_lost(clinic, nurse, amina):
    page = check(nurse, clinic, amina, more_rows="yes", **BOOK, **line(0, "MMR", "half of"))
    html = page.content.decode()
    assert page.status_code == 200 and all(f'name="dose{number}-vaccine"' in html for number in range(7))
    assert 'value="half of"' in html and "There is a problem" not in html
    assert html.count("autofocus") == 1 and not RecordCheck.objects.exists()


def test_no_record_anywhere_is_chosen_by_itself_beside_what_was_asked_in_vain(clinic, nurse, amina):
    check(nurse, clinic, amina, nowhere="on", **{"red_book-outcome": "not_available"})
    assert set(RecordCheck.objects.values_list("source", "outcome")) == {
        ("red_book", "not_available"),
        ("none", "not_available"),
    }
    finding = RecordCheck.objects.first().finding
    assert finding == "No record anywhere: treat as not vaccinated. Red book: not available."


def test_a_round_sent_twice_is_one(clinic, nurse, amina):
    once = {"client_uuid": "6a1f2d0e-8f0a-4a57-9a1e-1f2d3c4b5a69", "gp_record-outcome": "nothing_recorded"}
    for _press in range(2):
        assert check(nurse, clinic, amina, **once).status_code == 302
    assert RecordCheck.objects.count() == 2 and AuditEvent.objects.filter(action="record_check").count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"red_book-outcome": ""}, "Select what you looked at and what it showed"),
        ({"red_book-outcome": "maybe"}, "Select what it showed"),
        (BOOK, "Enter the doses it shows, or select another answer"),
        ({**BOOK_AND_GP, **line(0, "MMR", "2024")}, "Select which records show this dose"),
        ({**BOOK_AND_GP, **line(0, "MMR", "2024", "red_book")}, "Enter the doses it shows, or select another answer"),
        ({**BOOK, **line(0, "MMR", "2024", "chis")}, "You ticked CHIS: select “Doses found” beside it"),
        (line(0, "MMR", "2024"), "Select “Doses found” beside the record"),
        ({**BOOK, "nowhere": "on", **line(0, "MMR", "2024")}, "You entered doses: take this tick away, or the doses"),
        ({**BOOK, **line(0, "", "2024")}, "Enter the vaccine"),
        ({**BOOK, **line(0, "FLU", "2024")}, "Choose a vaccine on the list."),
        ({**BOOK, **line(0, "men", "2024")}, "Type more of the name: it could be Hib/MenC, MenACWY, MenB"),
        ({**BOOK, **line(0, "other", "2024")}, "Add the name as the record has it, like Other BCG"),
        ({**BOOK, **line(0, f"Other {'x' * 61}", "2024")}, "The name must be 60 characters or fewer"),
        ({**BOOK, **line(0, "MMR")}, "Enter the date, or a month and year, or a year"),
        ({**BOOK, **line(0, "MMR", "30/2/24")}, "This is not a real date: check the day and the month"),
        ({**BOOK, **line(0, "MMR", "feb 24")}, "Write the year with 4 numbers: 24 could be a day"),
        ({**BOOK, **line(0, "MMR", "1/4/27")}, "This is in the future"),
        ({**BOOK, **line(0, "MMR", "Dec 2022")}, "This is before the person was born (27 March 2023)"),
        ({**BOOK, **line(0, "MMR", "\x00")}, "includes a character that cannot be saved"),
        ({**BOOK, **line(0, "MMR", "😀")}, "Write the date like 3/2/2021, Feb 2021 or 2021"),
        ({**BOOK, **line(0, "MMR", "2024", batch_number="x" * 41)}, "must be 40 characters or fewer"),
        ({"red_book-how_seen": "\x00"}, "includes a character that cannot be saved"),
        ({"red_book-source_name": "x" * 101}, "must be 100 characters or fewer"),
    ],
)
def test_a_check_with_a_mistake_says_what_to_do_and_keeps_what_was_typed(clinic, nurse, amina, wrong, sentence):
    page = check(nurse, clinic, amina, **wrong)
    assert page.status_code == 422 and sentence in words(page)
    assert "There is a problem" in words(page) and not RecordCheck.objects.exists()
    for typed in wrong.values():
        if isinstance(typed, str) and typed and "\x00" not in typed and typed != "maybe":
            assert f'value="{typed}"' in page.content.decode()


@pytest.mark.parametrize("finding", ["", " \u200b", "x" * 501, "\x00"])
def test_a_check_without_a_finding_that_can_be_kept_is_not_saved(clinic, nurse, amina, finding):
    page = check(nurse, clinic, amina, finding=finding)
    assert page.status_code == 422 and not RecordCheck.objects.exists()
    assert 'name="red_book-outcome" value="nothing_recorded"' in page.content.decode()


def test_long_names_of_records_that_show_nothing_still_have_a_finding_that_can_be_kept(clinic, nurse, amina):
    sent = {}
    for source in ("red_book", "chis", "gp_record", "school", "overseas", "verbal"):
        sent |= {f"{source}-outcome": "not_available", f"{source}-source_name": f"{source} {'x' * 85}"}
    check(nurse, clinic, amina, **sent)
    assert {check.finding for check in RecordCheck.objects.all()} == {
        "Red book, CHIS, GP record, school service, overseas papers and told by the person or parent: not available."
    }


@pytest.mark.parametrize("rows", ["", "x", "-5", "100000", "\x00", "٣"])
def test_any_number_of_lines_breaks_nothing(clinic, nurse, amina, rows):
    assert check(nurse, clinic, amina, rows=rows).status_code == 302


def test_forty_doses_still_have_a_finding_that_can_be_kept(clinic, nurse, amina):
    lines = {}
    for number in range(40):
        lines |= line(number, "MMR", (date(2024, 4, 1) + timedelta(days=15 * number)).isoformat())
    assert check(nurse, clinic, amina, **{**BOOK, "rows": "40", **lines}).status_code == 302
    assert DoseSeen.objects.count() == 40
    assert RecordCheck.objects.get().finding == "Found: MMR 40 doses. Source: red book."


def test_checking_again_can_start_from_the_doses_on_record_and_makes_a_new_round(clinic, nurse, amina):
    check(nurse, clinic, amina, **BOOK, **line(0, "MMR", "4/2024", batch_number="B7"))
    url = clinic.url("record-check", amina.public_id)
    assert "Start with the doses already on record" in words(nurse.get(url))
    html = nurse.get(url, {"start": "known"}).content.decode()
    assert 'value="April 2024"' in html and 'value="B7"' in html
    check(nurse, clinic, amina, **BOOK, **line(0, "MMR", "April 2024"))
    assert RecordCheck.objects.values("round").distinct().count() == 2
    page = page_of(clinic, nurse, amina)
    assert page.count("Agreed history: MMR 1 in April 2024") == 2 and page.count("See dose details") == 1


def test_overseas_papers_are_kept_as_they_are_written(clinic, nurse, amina):
    sent = {
        "overseas-outcome": "doses_found",
        "overseas-source_name": "Card from Moldova",
        **line(0, "OPV", "V 2023", country="Moldova", as_written="VPO"),
        **line(1, "MEASLES_ONLY", "2024", country="Moldova"),
        **line(2, "OTHER", "5.4.2023", country="Moldova", as_written="BCG"),
    }
    check(nurse, clinic, amina, **sent)
    assert sorted(DoseSeen.objects.values_list("vaccine", "given_on", "as_written")) == [
        ("MEASLES_ONLY", "2024", ""),
        ("OPV", "2023-05", "VPO"),
        ("OTHER", "2023-04-05", "BCG"),
    ]
    page = page_of(clinic, nurse, amina)
    assert "5 April 2023" in page and "BCG" in page and "Not judged here." in page
    assert "Overseas papers (Card from Moldova)" in page and "(“VPO”), Moldova. Looked at on 21 November 2026." in page


def test_a_vaccine_is_known_by_its_names_and_a_whole_line_by_one_box(clinic, nurse, amina):
    typed = ["mmr 1/4/24", "priorix-tetra 5 May 2024", "6 in 1 2023", "other BCG", "rota"]
    lines = {}
    for number, text in enumerate(typed):
        lines |= line(number, text, "" if any(map(str.isdigit, text[3:])) else "June 2023")
    assert check(nurse, clinic, amina, **{**BOOK, "rows": "5", **lines}).status_code == 302
    assert list(DoseSeen.objects.order_by("pk").values_list("vaccine", "given_on", "as_written")) == [
        ("MMR", "2024-04-01", ""),
        ("MMRV", "2024-05-05", ""),
        ("6IN1", "2023", ""),
        ("OTHER", "2023-06", "BCG"),
        ("ROTAVIRUS", "2023-06", ""),
    ]


def near(clinic, nurse, person):
    """The red book and the GP record each show one MMR, two days apart."""
    sent = {**BOOK_AND_GP, **line(0, "MMR", "3/4/24", "red_book"), **line(1, "MMR", "5/4/24", "gp_record")}
    return check(nurse, clinic, person, **sent)


QUESTION = "MMR on 3 and 5 April 2024 from two records: one dose written twice?"
PAIR = "MMR~2024-04-03~MMR~2024-04-05"


def decide(client, clinic, person, answer, **data):
    sent = {"pair": PAIR, "answer": answer, "reason": "The stamp is legible", **data}
    return client.post(clinic.url("dose-questions", person.public_id), sent)


def test_entries_a_few_days_apart_in_two_records_are_asked_about_and_not_decided(clinic, nurse, amina):
    near(clinic, nurse, amina)
    page = page_of(clinic, nurse, amina)
    assert QUESTION in page and "3 April 2024" in page and "5 April 2024" in page
    assert "Not in: GP record" in page and "Not in: Red book" in page
    asked = words(nurse.get(clinic.url("dose-questions", amina.public_id)))
    for answer in ("They are one dose, on 3 April 2024", "They are one dose, on 5 April 2024", "They are two doses"):
        assert answer in asked


def test_one_dose_written_twice_is_one_from_then_on_and_can_be_decided_anew(clinic, nurse, amina):
    near(clinic, nurse, amina)
    assert decide(nurse, clinic, amina, "second").url == clinic.url("person", amina.public_id)
    page = page_of(clinic, nurse, amina)
    assert QUESTION not in page and "2 sources: Red book, GP record" in page
    assert "The date stands differently: 3 April 2024 (Red book); 5 April 2024 (GP record)." in page
    assert "one dose, decided by Nora Nurse, 21 November 2026. The stamp is legible" in page
    assert page.count("See dose details") == 1
    assert decide(nurse, clinic, amina, "two").status_code == 302
    page = page_of(clinic, nurse, amina)
    assert page.count("See dose details") == 2 and QUESTION not in page
    assert list(DoseJudgement.objects.values_list("verdict", "holds_on")) == [
        ("one_dose", date(2024, 4, 5)),
        ("two_doses", None),
    ]
    assert DoseSeen.objects.count() == 2


def test_once_the_clinic_is_over_a_check_and_a_decision_are_about_the_person(clinic, nurse, amina):
    check(nurse, clinic, amina, **BOOK, **line(0, "MMR", "3/4/24"))
    ClinicSession.objects.update(state=ClinicSession.State.CLOSED_OFF)
    gp = {"red_book-outcome": "not_asked", "gp_record-outcome": "doses_found"}
    assert check(nurse, clinic, amina, **gp, **line(0, "MMR", "5/4/24")).status_code == 302
    assert decide(nurse, clinic, amina, "second").status_code == 302
    assert list(RecordCheck.objects.order_by("pk").values_list("visit", flat=True)) == [Visit.objects.get().pk, None]
    assert DoseJudgement.objects.get().visit is None
    assert "one dose, decided by Nora Nurse" in page_of(clinic, nurse, amina)


def test_a_decision_sent_twice_is_one(clinic, nurse, amina):
    near(clinic, nurse, amina)
    for _press in range(2):
        decide(nurse, clinic, amina, "first", client_uuid="6a1f2d0e-8f0a-4a57-9a1e-1f2d3c4b5a69")
    assert DoseJudgement.objects.count() == 1
    assert AuditEvent.objects.filter(action="judge_doses", reason="The stamp is legible").count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"answer": ""}, "Select what the two entries are"),
        ({"answer": "three"}, "Select what the two entries are"),
        ({"reason": ""}, "Enter what you base this on"),
        ({"reason": "\x00"}, "includes a character that cannot be saved"),
        ({"pair": ""}, "The entries have changed since you opened this page."),
        ({"pair": "MMR~x~y"}, "The entries have changed since you opened this page."),
        ({"pair": "MMR~2024-04-05~MMR~2024-04-03"}, "The entries have changed since you opened this page."),
        ({"pair": "FLU~2024-04-03~FLU~2024-04-05"}, "The entries have changed since you opened this page."),
        ({"pair": "MMR~2020-04-03~MMR~2020-04-05"}, "The entries have changed since you opened this page."),
    ],
)
def test_a_decision_with_a_mistake_says_what_to_do(clinic, nurse, amina, wrong, sentence):
    near(clinic, nurse, amina)
    page = decide(nurse, clinic, amina, **{"answer": "first", **wrong})
    assert page.status_code in (409, 422) and sentence in words(page)
    assert not DoseJudgement.objects.exists()


def test_records_that_name_different_batches_say_so(clinic, nurse, amina):
    check(nurse, clinic, amina, **BOOK, **line(0, "MMR", "3/4/24", batch_number="A1"))
    check(
        nurse,
        clinic,
        amina,
        **{"red_book-outcome": "not_asked", "gp_record-outcome": "doses_found"},
        **line(0, "MMR", "3/4/24", batch_number="B2"),
    )
    assert "The batch stands differently: A1 (Red book); B2 (GP record)." in page_of(clinic, nurse, amina)


def test_a_dose_that_lists_looked_at_before_it_do_not_hold_is_not_missed_there(clinic, nurse, amina):
    before = MORNING - timedelta(days=400)
    actions.record_check(
        person=amina, source="chis", outcome="nothing_recorded", finding="Nothing.", by=clinic.nurse, at=before
    )
    check(nurse, clinic, amina, **BOOK, **line(0, "MMR", "1/6/26"))
    assert "Not in" not in page_of(clinic, nurse, amina)
