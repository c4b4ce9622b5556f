"""Fast entry: what is the same for everybody once, then a page a person; the same rules as on their own pages."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from bookings.lists.actions import Listed, add_list
from bookings.models import ListEntry
from bookings.queries import list_report
from bookings.queries.report import timing
from clinics.actions import quarantine_batch, take_stock
from clinics.models import Batch, Venue
from clinics.stock import batches_for
from immunisations import actions
from immunisations.actions import record_reading
from immunisations.models import Consent, Offer, Person, RecordCheck, Screening, Vaccination, Visit
from tests.integration.clinic_day.conftest import Clinic, signed_in, words
from tests.support.factories import MORNING, make_batch, make_direction, make_user

LONDON = ZoneInfo("Europe/London")
# A dose to somebody of whom nobody has a record: everything else on the page is answered.
GIVEN = {
    "outcome": "vaccinated",
    "rows": "3",
    "gp_record-outcome": "nothing_recorded",
    "decides": "own",
    "health": "ok",
    "body_site": "left_arm",
}


@pytest.fixture
def wing(clinic: Clinic) -> Clinic:
    """Four people of two wings on the list, one of whom works there."""
    Venue.objects.filter(pk=clinic.session.venue_id).update(kind=Venue.Kind.PRISON)
    people = [
        ("Ben", "Archer", date(1988, 5, 4), "B wing", False),
        ("Sean", "Doyle", date(1979, 11, 12), "B wing", False),
        ("Kofi", "Mensah", date(1995, 1, 30), "C wing", False),
        ("Joan", "Reed", date(1990, 9, 9), "Gate", True),
    ]
    add_list(
        session=clinic.session,
        people=[
            Listed(
                details={"first_name": first, "last_name": last, "date_of_birth": born, "sex": "male"},
                group=group,
                is_staff=staff,
            )
            for first, last, born, group, staff in people
        ],
        rows=4,
        by=make_user(clinic.team, Role.COORDINATOR),
        at=MORNING,
    )
    return clinic


def person(first_name: str) -> Person:
    return Person.objects.get(first_name=first_name)


def set_up(client: Client, clinic: Clinic, **data: Any) -> HttpResponse:
    """Begin with the MMR batch, the only direction, for everybody, now."""
    return client.post(clinic.url("fast"), {"group": "all", "batch": str(clinic.mmr.public_id), "times": "now", **data})


def page_of(client: Client, clinic: Clinic, first_name: str) -> HttpResponse:
    return client.get(clinic.url("fast-person", person(first_name).public_id))


def shown(client: Client, clinic: Clinic, first_name: str) -> dict[str, str]:
    """Return what somebody's page sends along of itself."""
    html = page_of(client, clinic, first_name).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(client_uuid|set_up|seen)" value="([^"]*)"', html))


def hidden_of(page: str, name: str) -> dict[str, str]:
    """Return one more thing that a page sends along."""
    return dict(re.findall(rf'<input type="hidden" name="({name})" value="([^"]*)"', page))


def save(client: Client, clinic: Clinic, first_name: str, **data: Any) -> HttpResponse:
    """Answer somebody's page as it is shown now: a dose unless told."""
    sent = {**shown(client, clinic, first_name), **GIVEN, **data}
    return client.post(clinic.url("fast-person", person(first_name).public_id), sent)


def other(client: Client, clinic: Clinic, first_name: str, outcome: str, **data: Any) -> HttpResponse:
    """Answer that no dose was given, and nothing else."""
    sent = {**shown(client, clinic, first_name), "outcome": outcome, **data}
    return client.post(clinic.url("fast-person", person(first_name).public_id), sent)


def leads_to(client: Client, answer: HttpResponse) -> str:
    """Return the last name of whoever comes next, or the heading of the page at the end."""
    page = client.get(answer.url, follow=True)
    return re.search(r"<h1[^>]*>([^<]+)</h1>", page.content.decode())[1].split(",")[0].strip()


def test_one_after_the_other_in_the_lists_order(wing: Clinic, nurse: Client) -> None:
    assert leads_to(nurse, set_up(nurse, wing)) == "ARCHER"
    assert leads_to(nurse, save(nurse, wing, "Ben")) == "DOYLE"
    assert leads_to(nurse, other(nurse, wing, "Sean", "declined")) == "MENSAH"
    assert leads_to(nurse, other(nurse, wing, "Kofi", "not_produced")) == "REED"
    assert leads_to(nurse, save(nurse, wing, "Joan")) == "End of the list"
    report = list_report(wing.session)
    assert report.sentence == "Not everyone on the list was vaccinated or declined: 1 not produced, or not here."
    assert (report.residents.vaccinated, report.staff.vaccinated, report.all.declined) == (1, 1, 1)


def test_nobody_is_named_by_what_is_said_after_saving_while_names_are_hidden(wing: Clinic, nurse: Client) -> None:
    nurse.post(wing.url("clinic-day-names"), {"hide": "yes"})
    set_up(nurse, wing)
    for first_name, outcome, initials in (("Ben", "vaccinated", "B. A."), ("Sean", "declined", "S. D.")):
        answer = save(nurse, wing, first_name) if outcome == "vaccinated" else other(nurse, wing, first_name, outcome)
        page = nurse.get(answer.url, follow=True).content.decode()
        said = page.split('banner__heading">')[1].split("</p>")[0]
        assert initials in said and "ARCHER" not in said and "DOYLE" not in said


def test_a_dose_stands_on_a_check_consent_and_answers_as_anywhere(wing: Clinic, nurse: Client) -> None:
    set_up(nurse, wing)
    assert save(nurse, wing, "Ben").status_code == 302
    row = Vaccination.objects.get()
    assert (row.vaccine, row.batch, row.body_site, row.given_by) == ("MMR", wing.mmr, "left_arm", wing.nurse)
    assert (row.consent, row.screening) == (Consent.objects.get(), Screening.objects.get())
    assert (row.consent.route, row.consent.given_by_name) == ("own", "Ben Archer")
    assert row.direction is not None and row.override_reason == "" and row.cautions == []
    check = RecordCheck.objects.get()
    assert (check.source, check.outcome, check.visit) == ("gp_record", "nothing_recorded", row.visit)
    assert check.finding
    assert row.visit.how == Visit.How.LIST


@pytest.mark.once
def test_the_page_says_who_they_are_what_is_known_and_what_is_due(wing: Clinic, nurse: Client) -> None:
    set_up(nurse, wing)
    page = page_of(nurse, wing, "Ben")
    said = words(page)
    for each in ("ARCHER, Ben", "B wing", "3 people after this", "Priorix", "PRX1", "No dose is on record.", "MMR"):
        assert each in said
    html = page.content.decode()
    # The keyboard begins at what happened; nothing is chosen beforehand but that no source was asked.
    assert re.search(r"<input autofocus [^>]*outcome", html) and html.count("autofocus") == 1
    checked = re.findall(r"<input[^>]*\bchecked\b[^>]*>", html)
    assert checked and all('value="not_asked"' in each for each in checked)


@pytest.mark.once
@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("outcome", "Select what happened"),
        ("gp_record-outcome", "Select what you looked at and what it showed"),
        ("decides", "Select who agrees"),
        ("health", "Select what the answers are"),
        ("body_site", "Select where it was given"),
    ],
)
def test_nothing_is_skipped_and_nothing_that_was_answered_is_lost(
    wing: Clinic, nurse: Client, missing: str, sentence: str
) -> None:
    set_up(nurse, wing)
    page = save(nurse, wing, "Ben", note="Asked twice", **{missing: ""})
    assert page.status_code == 422 and sentence in words(page)
    assert 'value="Asked twice"' in page.content.decode()
    kept = [name for name in ("outcome", "decides", "health", "body_site") if name != missing]
    html = page.content.decode()
    for name in kept:
        assert re.search(rf'<input[^>]*name="{name}"[^>]*value="{GIVEN[name]}"[^>]*checked', html), name
    assert not Vaccination.objects.exists() and not Visit.objects.exists() and not RecordCheck.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize(
    ("outcome", "data", "reason", "answer"),
    [
        ("declined", {"note": "Will think about it"}, "declined", "declined"),
        ("not_produced", {}, "not_produced", None),
        ("not_today", {"reason": "unwell"}, "unwell", "undecided"),
        ("not_today", {"reason": "contraindicated"}, "contraindicated", None),
    ],
)
def test_no_dose_is_one_answer_and_an_offer_where_there_was_one(
    wing: Clinic, nurse: Client, outcome: str, data: dict[str, str], reason: str, answer: str | None
) -> None:
    set_up(nurse, wing)
    assert leads_to(nurse, other(nurse, wing, "Ben", outcome, **data)) == "DOYLE"
    row = Vaccination.objects.get()
    assert (row.status, row.not_done_reason, row.series) == ("not-done", reason, "MEASLES")
    assert row.note == data.get("note", "")
    offers = list(Offer.objects.values_list("answer", "vaccines"))
    assert offers == ([(answer, ["MMR"])] if answer else [])
    assert not Consent.objects.exists()


def test_another_reason_has_to_be_said(wing: Clinic, nurse: Client) -> None:
    set_up(nurse, wing)
    page = other(nurse, wing, "Ben", "not_today")
    assert page.status_code == 422 and "Select why not today" in words(page)
    # What belongs to a dose is not asked for.
    assert "Select who agrees" not in words(page)


@pytest.mark.parametrize("outcome", ["vaccinated", "declined"])
def test_pressing_twice_records_once(wing: Clinic, nurse: Client, outcome: str) -> None:
    set_up(nurse, wing)
    sent = {**shown(nurse, wing, "Ben"), **GIVEN, "outcome": outcome}
    for _press in range(2):
        answer = nurse.post(wing.url("fast-person", person("Ben").public_id), sent)
        assert answer.status_code == 302 and leads_to(nurse, answer) == "DOYLE"
    assert (Vaccination.objects.count(), Visit.objects.count()) == (1, 1)
    assert Offer.objects.count() == (outcome == "declined")


@pytest.mark.parametrize("outcome", ["vaccinated", "declined"])
def test_what_another_tablet_recorded_is_said_with_who_and_when(wing: Clinic, nurse: Client, outcome: str) -> None:
    set_up(nurse, wing)
    colleague = signed_in(make_user(wing.team, Role.VACCINATOR, first_name="Omar", last_name="Other"))
    set_up(colleague, wing)
    save(colleague, wing, "Ben")
    answer = save(nurse, wing, "Ben", outcome=outcome)
    assert answer.status_code == 409
    assert "MMR was already recorded by Omar Other at 9am on 21 November." in words(answer)
    assert Vaccination.objects.count() == 1
    assert "recorded here already: given, by Omar Other" in words(page_of(nurse, wing, "Ben"))
    assert leads_to(nurse, nurse.get(wing.url("fast-next"))) == "DOYLE"


@pytest.mark.parametrize("outcome", ["vaccinated", "declined"])
def test_what_another_tablet_answered_meanwhile_is_told_and_not_overwritten(
    wing: Clinic, nurse: Client, outcome: str
) -> None:
    set_up(nurse, wing)
    older = shown(nurse, wing, "Ben")
    colleague = make_user(wing.team, Role.VACCINATOR, first_name="Omar", last_name="Other")
    visit = actions.arrive(session=wing.session, person=person("Ben"), by=colleague, at=MORNING)
    actions.record_consent(
        visit=visit,
        decision="refused",
        route="own",
        given_by_name="Ben Archer",
        vaccines=["MMR"],
        by=colleague,
        at=MORNING,
    )
    page = save(nurse, wing, "Ben", **older, outcome=outcome, note="Kept")
    assert page.status_code == 409 and 'value="Kept"' in page.content.decode()
    assert "Omar Other saved what was said about consent at 9am." in words(page)
    assert not Vaccination.objects.exists() and Consent.objects.count() == 1
    if outcome == "declined":
        assert other(nurse, wing, "Ben", outcome).status_code == 302


def test_another_answer_from_a_page_that_was_still_open_stops_the_dose(wing: Clinic, nurse: Client) -> None:
    set_up(nurse, wing)
    page = page_of(nurse, wing, "Ben").content.decode()
    older = {**shown(nurse, wing, "Ben"), **hidden_of(page, "asked_about")}
    fever = {"health": "yes", "yes": ["unwell"]}
    for _press in range(2):
        assert leads_to(nurse, save(nurse, wing, "Ben", **older, **fever)) == "Give MMR"
    assert Screening.objects.count() == 1
    # Back, and another thing: it is written down and read, as the first was.
    allergy = {"health": "yes", "yes": ["unwell", "neomycin"], "details": "At three"}
    answer = save(nurse, wing, "Ben", **older, **allergy)
    assert answer.status_code == 302 and Screening.objects.count() == 2
    assert "At three" in str(Screening.objects.latest("pk").answers)
    assert not Vaccination.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize("change", ["batch", "given_by", "times"])
def test_a_page_saves_only_under_the_set_up_that_it_showed(wing: Clinic, nurse: Client, change: str) -> None:
    second = make_batch(wing.team, "priorix", number="PRX2")
    colleague = make_user(wing.team, Role.VACCINATOR, first_name="Omar", last_name="Other")
    set_up(nurse, wing)
    older = shown(nurse, wing, "Ben")
    changes = {"batch": str(second.public_id), "given_by": str(colleague.public_id), "times": "paper"}
    set_up(nurse, wing, **{change: changes[change]})
    page = save(nurse, wing, "Ben", **older)
    assert page.status_code == 409 and "The set-up was changed on another page." in words(page)
    assert not Vaccination.objects.exists()
    assert save(nurse, wing, "Ben", given_time="9am").status_code == 302
    assert Vaccination.objects.get().batch == (second if change == "batch" else wing.mmr)


def test_skipped_people_come_again_at_the_end(wing: Clinic, nurse: Client) -> None:
    set_up(nurse, wing, group="=B wing")
    skipped = nurse.post(wing.url("fast-person", person("Ben").public_id), {"does": "skip"})
    assert leads_to(nurse, skipped) == "DOYLE"
    done = save(nurse, wing, "Sean")
    page = nurse.get(done.url)
    assert "1 person was skipped: ARCHER, Ben, B wing" in words(page)
    assert leads_to(nurse, nurse.get(wing.url("fast-next") + "?again=yes")) == "ARCHER"
    assert not Vaccination.objects.filter(person=person("Ben")).exists()


# Warnings and stops


def test_a_warning_goes_on_at_the_persons_own_page_with_all_but_the_dose_saved(wing: Clinic, nurse: Client) -> None:
    set_up(nurse, wing)
    shown = {
        "gp_record-outcome": "doses_found",
        "dose0-vaccine": "MMR", "dose0-given_on": "1/6/1990", "dose0-seen_in": "gp_record",
        "dose1-vaccine": "MMR", "dose1-given_on": "1/6/1992", "dose1-seen_in": "gp_record",
    }  # fmt: skip
    answer = save(nurse, wing, "Ben", **shown)
    assert answer.url == wing.url("give-dose", person("Ben").public_id, "MEASLES")
    assert not Vaccination.objects.exists()
    assert RecordCheck.objects.get().doses.count() == 2 and Screening.objects.exists()
    assert "Stop and check" in words(nurse.get(answer.url, follow=True))


@pytest.mark.once
@pytest.mark.parametrize(
    "answers",
    [{"health": "yes", "yes": "unwell"}, {"health": "yes", "yes": "vaccine_reaction", "details": "Once"}],
)
def test_an_answer_that_needs_a_look_gives_no_dose_here(wing: Clinic, nurse: Client, answers: dict[str, str]) -> None:
    set_up(nurse, wing)
    page = save(nurse, wing, "Ben", **answers)
    assert page.status_code == 302 and not Vaccination.objects.exists()
    assert Screening.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize(
    "answers",
    [{"health": "yes", "yes": "unwell"}, {"health": "yes", "yes": "vaccine_reaction", "details": "Once"}],
)
def test_an_answer_that_needed_a_look_needs_it_again_when_the_page_comes_again(
    wing: Clinic, nurse: Client, answers: dict[str, str]
) -> None:
    set_up(nurse, wing)
    save(nurse, wing, "Ben", **answers)
    assert leads_to(nurse, nurse.get(wing.url("fast-next"))) == "ARCHER"
    again = save(nurse, wing, "Ben")
    assert again.url == wing.url("give-dose", person("Ben").public_id, "MEASLES")
    assert not Vaccination.objects.exists()
    assert "Stop and check" in words(nurse.get(again.url, follow=True))


def test_a_batch_that_was_quarantined_meanwhile_is_asked_for_anew(wing: Clinic, nurse: Client) -> None:
    set_up(nurse, wing)
    Batch.objects.filter(pk=wing.mmr.pk).update(quarantined_at=MORNING)
    for answer in (save(nurse, wing, "Ben"), page_of(nurse, wing, "Ben"), nurse.get(wing.url("fast-next"))):
        assert answer.status_code == 302 and answer.url == wing.url("fast")
    assert not Vaccination.objects.exists()


def test_a_child_does_not_decide_alone(wing: Clinic, nurse: Client) -> None:
    Person.objects.filter(first_name="Ben").update(date_of_birth=date(2018, 5, 4))
    set_up(nurse, wing)
    page = save(nurse, wing, "Ben")
    assert page.status_code == 422 and not Vaccination.objects.exists()
    assert save(nurse, wing, "Ben", decides="parent_present", name_parent_present="Ann Archer").status_code == 302


# The set-up


@pytest.mark.once
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"batch": ""}, "Select a batch, or scan its number"),
        ({"batch": "x"}, "Select a batch"),
        ({"batch": "", "scanned": "NONE"}, "No batch of this clinic’s vaccines has this number"),
        ({"times": ""}, "Select when the doses were given"),
        ({"group": "=D wing"}, "Select"),
        ({"given_by": "x"}, "Select"),
        ({"direction": "x"}, "Select"),
    ],
)
def test_a_set_up_that_lacks_something_is_asked_again(
    wing: Clinic, nurse: Client, data: dict[str, str], sentence: str
) -> None:
    page = set_up(nurse, wing, **data)
    assert page.status_code == 422 and sentence in words(page)


@pytest.mark.once
@pytest.mark.parametrize(
    "scanned", ["prx1", " PRX1 ", "01050521234567841727033110PRX1", "(01)05052123456784(17)270331(10)PRX1"]
)
def test_a_batch_is_found_by_its_number_or_by_what_a_scanner_types(wing: Clinic, nurse: Client, scanned: str) -> None:
    set_up(nurse, wing, batch="", scanned=scanned)
    assert "PRX1" in words(page_of(nurse, wing, "Ben"))


@pytest.mark.once
@pytest.mark.parametrize(
    "scanned", ["PRX12", "XPRX1", "P", "01050521234567841727033110PRX12", "010505212345678410PRX121A9"]
)
def test_the_number_of_another_box_is_not_taken_for_a_batch_that_it_contains(
    wing: Clinic, nurse: Client, scanned: str
) -> None:
    page = set_up(nurse, wing, batch="", scanned=scanned)
    assert page.status_code == 422 and "No batch of this clinic’s vaccines has this number" in words(page)


@pytest.mark.once
def test_of_several_directions_one_is_chosen(wing: Clinic, nurse: Client) -> None:
    second = make_direction(wing.team, name="Outbreak direction", version="1", vaccines=["MMR"])
    assert "Select what the doses are given under" in words(set_up(nurse, wing))
    set_up(nurse, wing, direction=str(second.public_id))
    save(nurse, wing, "Ben")
    assert Vaccination.objects.get().direction == second


@pytest.mark.once
def test_the_set_up_is_asked_before_anybody(wing: Clinic, nurse: Client) -> None:
    for answer in (nurse.get(wing.url("fast-next")), page_of(nurse, wing, "Ben"), save(nurse, wing, "Ben")):
        assert answer.url == wing.url("fast")


def test_who_may_not_vaccinate_enters_nothing(wing: Clinic, desk: Client) -> None:
    for name in ("fast", "fast-next"):
        assert desk.get(wing.url(name)).status_code == 403
    assert desk.post(wing.url("fast-person", person("Ben").public_id), GIVEN).status_code == 403


# From paper


@pytest.fixture
def colleague(wing: Clinic) -> User:
    return make_user(wing.team, Role.VACCINATOR, first_name="Omar", last_name="Other")


@pytest.mark.parametrize("later", [timedelta(hours=5), timedelta(days=1, hours=3)], ids=["that day", "the day after"])
def test_from_paper_each_dose_has_its_time_and_who_gave_it(
    wing: Clinic, colleague: User, this_morning: Any, later: timedelta
) -> None:
    this_morning.move_to(MORNING + later)
    nurse = signed_in(wing.nurse)
    set_up(nurse, wing, times="paper", given_by=str(colleague.public_id))
    page = page_of(nurse, wing, "Ben")
    assert "Time on Saturday 21 November 2026, as on the paper" in words(page)
    assert save(nurse, wing, "Ben", given_time="1020", given_by=str(colleague.public_id)).status_code == 302
    row = Vaccination.objects.get()
    assert row.given_at == datetime(2026, 11, 21, 10, 20, tzinfo=LONDON)
    assert (row.given_by, row.recorded_by) == (colleague, wing.nurse)
    assert row.recorded_at == MORNING + later
    assert row.visit.arrived_at == row.given_at
    # From their arrival to the saved dose is no time that anybody waited.
    assert timing(wing.session) is None
    assert other(nurse, wing, "Sean", "declined", given_time="10:25am").status_code == 302
    assert Visit.objects.get(person=person("Sean")).arrived_at == datetime(2026, 11, 21, 10, 25, tzinfo=LONDON)


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ("", 422, "Enter the time"),
        ("noon-ish", 422, "Enter a time, like 10:20am or 14:05"),
        ("3pm", 409, "This time has not come yet."),
    ],
)
def test_a_time_on_paper_is_a_time_that_has_been(
    wing: Clinic, nurse: Client, this_morning: Any, typed: str, status: int, sentence: str
) -> None:
    this_morning.move_to(MORNING + timedelta(hours=5))
    set_up(nurse, wing, times="paper")
    for outcome in ("vaccinated", "declined"):
        page = save(nurse, wing, "Ben", outcome=outcome, given_time=typed)
        assert page.status_code == status and sentence in words(page)
    assert not Vaccination.objects.exists() and not Visit.objects.exists()


def hold(clinic: Clinic, how: str, at: datetime) -> None:
    """Have the MMR batch held from a moment, in one of the ways there are."""
    if how == "whole":
        quarantine_batch(batch=clinic.mmr, reason="Recalled by the maker", by=clinic.nurse, at=at, source="staff")
        return
    if how == "taken":
        counts = {clinic.mmr: 10}
        take_stock(session=clinic.session, counts=counts, by=clinic.nurse, at=MORNING, confirmed=True)
    record_reading(session=clinic.session, box="Box 1", moment="during", celsius=Decimal(12), by=clinic.nurse, at=at)


@pytest.mark.parametrize("how", ["whole", "taken", "never taken"])
def test_a_dose_given_before_its_batch_was_held_is_entered_from_paper_and_marked(
    wing: Clinic, nurse: Client, this_morning: Any, how: str
) -> None:
    hold(wing, how, datetime(2026, 11, 21, 10, 30, tzinfo=LONDON))
    this_morning.move_to(MORNING + timedelta(hours=5))
    earlier = {"batch": "", "earlier_batch": str(wing.mmr.public_id)}
    for refused in (set_up(nurse, wing), set_up(nurse, wing, times="paper"), set_up(nurse, wing, **earlier)):
        assert refused.status_code == 422 and "PRX1: doses given before 10:30am" in words(refused)
    assert set_up(nurse, wing, times="paper", **earlier).status_code == 302
    for after in ("10:30am", "11:15am"):
        assert save(nurse, wing, "Ben", given_time=after).status_code == 409
    assert not Vaccination.objects.exists()
    assert save(nurse, wing, "Ben", given_time="10:20am").status_code == 302
    row = Vaccination.objects.get()
    assert (row.batch, row.cautions) == (wing.mmr, ["given_before_hold"])
    assert "Given before its batch was quarantined." in words(nurse.get(wing.url("show-working", row.person.public_id)))
    # It is held as before: nothing of it can be given now.
    usable, _held = batches_for(session=wing.session, vaccines=["MMR"], on=wing.session.date)
    assert wing.mmr not in usable


def test_a_batch_held_since_an_earlier_day_is_not_for_paper_either(wing: Clinic, nurse: Client) -> None:
    hold(wing, "whole", MORNING - timedelta(days=1))
    page = set_up(nurse, wing, times="paper", batch="", earlier_batch=str(wing.mmr.public_id))
    assert page.status_code == 422 and "PRX1" not in words(page)


@pytest.mark.strict
@pytest.mark.parametrize("wrong", ["x" * 600, "\x00", "<script>"])
def test_odd_answers_are_refused_with_a_sentence(wing: Clinic, nurse: Client, wrong: str) -> None:
    set_up(nurse, wing)
    for name in ("outcome", "body_site", "gp_record-outcome", "decides", "health"):
        assert save(nurse, wing, "Ben", **{name: wrong}).status_code == 422, name
    assert save(nurse, wing, "Ben", client_uuid=wrong).status_code in (302, 422)


def test_a_page_costs_as_many_queries_however_long_the_list_is(wing: Clinic, nurse: Client) -> None:
    make_batch(wing.team, "priorix", number="PRX2")
    set_up(nurse, wing)
    page_of(nurse, wing, "Ben")
    with CaptureQueriesContext(connection) as few:
        page_of(nurse, wing, "Ben")
    people = [
        Listed(details={"first_name": f"Person {n}", "last_name": "", "date_of_birth": date(1980, 1, 1)}, group="D")
        for n in range(30)
    ]
    add_list(session=wing.session, people=people, rows=30, by=make_user(wing.team, Role.COORDINATOR), at=MORNING)
    with CaptureQueriesContext(connection) as many:
        assert "33 people after this" in words(page_of(nurse, wing, "Ben"))
    assert len(many) == len(few)
    assert ListEntry.objects.count() == 34
