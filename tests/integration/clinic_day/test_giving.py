"""What the dose's page offers and leaves out, what it is given under, and the one page of warnings."""

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Role
from clinics.actions import quarantine_batch
from clinics.models import Direction
from immunisations import actions
from immunisations.health_questions import QUESTIONS, answers_of
from immunisations.models import Vaccination, Visit
from immunisations.policies import Caution
from tests.integration.clinic_day.conftest import agree, arrive_all, check, give, post_dose, words
from tests.support.factories import DAY, MORNING, book, child, make_batch, make_direction, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def ready(nurse, clinic, person, **data):
    check(nurse, clinic, person)
    return agree(nurse, clinic, person, **data)


def arrives(desk, clinic, *details, **wishes):
    """Somebody else books, with wishes of theirs, and arrives."""
    book(clinic.session, child(*details, **wishes))
    return next(each for each in arrive_all(desk, clinic) if each.first_name == details[0])


def dose_url(clinic, person, series="MEASLES"):
    return clinic.url("give-dose", person.public_id, series)


def hidden(page) -> dict[str, list[str]]:
    """Return what a page's hidden boxes send, by name."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def sent_on(page, **more: Any) -> dict[str, Any]:
    """Return what the page of warnings sends when its form is filled in with ``more``."""
    return {name: value for name, value in hidden(page).items() if name != "csrfmiddlewaretoken"} | more


# --- directions


def test_the_only_direction_in_force_is_used_without_asking_and_copied(clinic, nurse, amina):
    url = ready(nurse, clinic, amina).url
    page = nurse.get(url)
    assert "Given under: Childhood vaccines direction, version 5." in words(page) and " checked" not in str(
        page.content
    )
    give(nurse, clinic, amina)
    dose, direction = Vaccination.objects.get(), clinic.team.directions.get()
    assert (dose.direction, dose.legal_mechanism, dose.legal_mechanism_name) == (
        direction,
        "PGD",
        "Childhood vaccines direction",
    )
    assert (dose.legal_mechanism_version, dose.legal_mechanism_valid_until) == ("5", date(2099, 12, 31))
    Direction.objects.update(valid_until=date(2026, 12, 1), version="6")
    dose.refresh_from_db()
    assert (dose.legal_mechanism_version, dose.legal_mechanism_valid_until) == ("5", date(2099, 12, 31))


def test_of_several_directions_one_is_chosen_and_remembered_for_the_clinic(clinic, nurse, desk, amina):
    newer = make_direction(clinic.team, version="6")
    url = ready(nurse, clinic, amina).url
    assert "Given under" in words(nurse.get(url))
    assert "Select what it is given under" in words(give(nurse, clinic, amina)) and not Vaccination.objects.exists()
    assert give(nurse, clinic, amina, direction=str(newer.public_id)).status_code == 302
    assert Vaccination.objects.get().direction == newer
    bilal = arrives(desk, clinic, "Bilal", "Hart", date(2023, 3, 27))
    page = nurse.get(ready(nurse, clinic, bilal).url)
    assert "Given under: Childhood vaccines direction, version 6." in words(page)
    assert give(nurse, clinic, bilal).status_code == 302
    assert Vaccination.objects.get(person=bilal).direction == newer


def test_a_page_that_names_a_direction_is_not_saved_once_another_would_be_used(clinic, nurse, desk, amina):
    older, newer = clinic.team.directions.get(), make_direction(clinic.team, version="6")
    bilal, cara = (arrives(desk, clinic, name, "Hart", date(2023, 3, 27)) for name in ("Bilal", "Cara"))
    for person in (amina, bilal, cara):
        ready(nurse, clinic, person)
    give(nurse, clinic, amina, direction=str(older.public_id))
    shown = hidden(nurse.get(dose_url(clinic, bilal)))["under"]
    assert shown == [str(older.public_id)]
    assert give(nurse, clinic, cara, direction=str(newer.public_id)).status_code == 302
    for stale in (shown, ""):
        refused = give(nurse, clinic, bilal, in_use=str(clinic.mmrv.public_id), under=stale)
        assert refused.status_code == 422 and "Select what it is given under" in words(refused)
        assert "under" not in hidden(refused) and not Vaccination.objects.filter(person=bilal).exists()
    chosen = give(nurse, clinic, bilal, in_use=str(clinic.mmrv.public_id), direction=str(older.public_id), under=shown)
    assert chosen.status_code == 302 and Vaccination.objects.get(person=bilal).direction == older


def test_a_direction_that_came_into_force_while_the_page_was_open_is_asked_for(clinic, nurse, amina):
    url = ready(nurse, clinic, amina).url
    shown = hidden(nurse.get(url))["under"]
    clinic.team.directions.update(valid_until=DAY - timedelta(days=1))
    newer = make_direction(clinic.team, version="6")
    refused = give(nurse, clinic, amina, under=shown)
    assert refused.status_code == 422 and "Select what it is given under" in words(refused)
    assert give(nurse, clinic, amina, direction=str(newer.public_id)).status_code == 302


def test_without_a_direction_in_force_the_dose_is_refused_and_says_what_ended_and_what_to_do(clinic, nurse, amina):
    Direction.objects.update(name="MMR direction", version="4", valid_until=date(2026, 10, 31))
    page = nurse.get(ready(nurse, clinic, amina).url)
    assert "MMR direction, version 4, ended on 31 October 2026. Ask a co-ordinator to add" in words(page)
    refused = give(nurse, clinic, amina)
    assert refused.status_code == 422 and "Enter the prescriber or the name of the direction" in words(refused)
    assert not Vaccination.objects.exists()


UNTIL = {"patient_until_day": "21", "patient_until_month": "11", "patient_until_year": "2026"}
OWN = {"patient_name": "Dr Ada Fox", "patient_version": "21 November 2026", **UNTIL}


def test_a_direction_for_the_person_alone_is_entered_in_place(clinic, nurse, amina):
    Direction.objects.all().update(valid_until=date(2026, 10, 31))
    ready(nurse, clinic, amina)
    assert give(nurse, clinic, amina, **OWN).status_code == 302
    dose = Vaccination.objects.get()
    assert (dose.legal_mechanism, dose.legal_mechanism_name, dose.legal_mechanism_version) == (
        "PSD",
        "Dr Ada Fox",
        "21 November 2026",
    )
    assert (dose.direction, dose.legal_mechanism_valid_until) == (None, DAY)


def test_a_direction_for_the_person_can_stand_in_for_one_in_force_and_is_not_remembered(clinic, nurse, desk, amina):
    ready(nurse, clinic, amina)
    give(nurse, clinic, amina, direction="patient", **OWN)
    assert Vaccination.objects.get().legal_mechanism == "PSD"
    bilal = arrives(desk, clinic, "Bilal", "Hart", date(2023, 3, 27))
    ready(nurse, clinic, bilal)
    give(nurse, clinic, bilal)
    assert Vaccination.objects.get(person=bilal).legal_mechanism == "PGD"


def test_an_expired_direction_for_the_person_is_refused_with_nothing_lost(clinic, nurse, amina):
    ready(nurse, clinic, amina)
    page = give(nurse, clinic, amina, direction="patient", **{**OWN, "patient_until_day": "20"})
    assert page.status_code == 409
    assert "The patient specific direction ended on 20 November 2026." in words(page)
    assert "Dr Ada Fox" in page.content.decode() and not Vaccination.objects.exists()


# --- products


def test_a_product_for_older_children_is_left_out_and_the_page_says_why(clinic, nurse, desk):
    clinic.session.early_doses, clinic.session.early_doses_reason = True, "Outbreak"
    clinic.session.save()
    baby = arrives(desk, clinic, "Baby", "Hart", date(2026, 4, 1))
    ready(nurse, clinic, baby)
    agreed_to_both = clinic.url("consent-and-health", baby.public_id) + "?vaccine=MMRV"
    nurse.post(agreed_to_both, {"decides": "contact", "health": "ok"})
    page = words(nurse.get(dose_url(clinic, baby)))
    assert "PRX1" in page and "TET1" not in page
    assert "Under 1 year, the thigh is the site to use" in page


def test_6_in_1_is_left_out_from_the_tenth_birthday(clinic, nurse, desk):
    for born, offered in [(date(2016, 11, 22), True), (date(2016, 11, 21), False)]:
        person = arrives(desk, clinic, f"Kai{born.day}", "Hart", born)
        ready(nurse, clinic, person)
        nurse.post(
            clinic.url("consent-and-health", person.public_id) + "?vaccine=6IN1", {"decides": "contact", "health": "ok"}
        )
        page = words(nurse.get(dose_url(clinic, person, "6IN1")))
        assert ("HEX1" in page) is offered
        assert ("Infanrix hexa is left out: Infanrix hexa is given only under 10 years." in page) is not offered


def test_the_wish_for_no_gelatine_leaves_gelatine_out_until_it_is_asked_for_and_then_warns(clinic, nurse, desk):
    pork = make_batch(clinic.team, "proquad", number="PQ1", expires_on=date(2026, 12, 1))
    person = arrives(desk, clinic, "Bilal", "Hart", date(2023, 3, 27), gelatine_free=True)
    url = ready(nurse, clinic, person).url
    page = words(nurse.get(url))
    assert "TET1" in page and "PQ1" not in page
    assert "ProQuad is left out: the family asked for no gelatine." in page
    refused = give(nurse, clinic, person, batch=str(pork.public_id))
    assert refused.status_code == 422 and not Vaccination.objects.exists()

    shown = url + "?gelatine=show"
    page = words(nurse.get(shown))
    assert page.index("TET1") < page.index("PQ1"), "those without gelatine come first, whatever expires sooner"
    sent = {"batch": str(pork.public_id), "body_site": "left_arm"}
    warned = post_dose(nurse, clinic, person, sent, query="?gelatine=show")
    assert "The family asked for a vaccine without gelatine. ProQuad contains it." in words(warned)
    saved = nurse.post(shown, sent_on(warned, override_reason="Mother agrees now"))
    assert saved.status_code == 302 and Vaccination.objects.get().cautions == ["gelatine_wish"]


def test_where_only_gelatine_is_left_it_is_offered_with_the_warning(clinic, nurse, desk):
    quarantine_batch(batch=clinic.mmrv, reason="Warm", by=None, at=MORNING, source="test")
    pork = make_batch(clinic.team, "proquad", number="PQ1")
    person = arrives(desk, clinic, "Bilal", "Hart", date(2023, 3, 27), gelatine_free=True)
    page = words(nurse.get(ready(nurse, clinic, person).url))
    assert "PQ1" in page and "TET1" not in page
    assert "without gelatine" in words(give(nurse, clinic, person, batch=str(pork.public_id)))


def test_confirmed_anaphylaxis_to_gelatine_leaves_the_products_out_for_good(clinic, nurse, amina):
    make_batch(clinic.team, "proquad", number="PQ1")
    ready(nurse, clinic, amina, health="yes", yes=["gelatine"], confirmed=["anaphylaxis-gelatine"])
    page = words(nurse.get(dose_url(clinic, amina) + "?gelatine=show"))
    assert "TET1" in page and "PQ1" not in page
    assert "ProQuad is left out: ProQuad contains gelatine: anaphylaxis to gelatine is confirmed." in page
    assert 'value="proquad"' not in nurse.get(dose_url(clinic, amina)).content.decode()


def test_only_what_is_due_is_offered_of_two_vaccines_agreed_to(clinic, nurse, amina):
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    nurse.post(
        clinic.url("consent-and-health", amina.public_id) + "?vaccine=MMR", {"decides": "contact", "health": "ok"}
    )
    page = words(nurse.get(dose_url(clinic, amina)))
    assert "TET1" in page and "PRX1" not in page


def test_the_batch_that_a_page_shows_is_recorded_whatever_another_page_chose_since(clinic, nurse, desk, amina):
    other = make_batch(clinic.team, "priorix-tetra", number="TET2")
    bilal = arrives(desk, clinic, "Bilal", "Hart", date(2023, 3, 27))
    ready(nurse, clinic, amina)
    ready(nurse, clinic, bilal)
    # Both pages are open, and ask for a batch; the first to be saved is remembered for the next.
    give(nurse, clinic, amina)
    assert give(nurse, clinic, bilal, batch=str(other.public_id)).status_code == 302
    assert Vaccination.objects.get(person=bilal).batch == other


def test_a_page_that_names_a_batch_is_not_saved_once_another_is_in_use(clinic, nurse, desk, amina):
    other = make_batch(clinic.team, "priorix-tetra", number="TET2")
    bilal, cara, dina = (arrives(desk, clinic, name, "Hart", date(2023, 3, 27)) for name in ("Bilal", "Cara", "Dina"))
    for person in (amina, bilal, cara, dina):
        ready(nurse, clinic, person)
    give(nurse, clinic, amina)
    shown = hidden(nurse.get(dose_url(clinic, bilal)))["in_use"]
    assert shown == [str(clinic.mmrv.public_id)]
    change = {"batch": str(other.public_id), "body_site": "left_arm"}
    assert post_dose(nurse, clinic, cara, change, query="?change=batch").status_code == 302
    refused = post_dose(nurse, clinic, bilal, {"in_use": shown, "body_site": "left_arm"})
    assert refused.status_code == 422 and "Select a batch" in words(refused)
    assert not Vaccination.objects.filter(person=bilal).exists()
    shown = hidden(nurse.get(dose_url(clinic, dina)))["in_use"]
    assert post_dose(nurse, clinic, dina, {"in_use": shown, "body_site": "left_arm"}).status_code == 302
    assert Vaccination.objects.get(person=dina).batch == other


def test_a_remembered_batch_goes_through_the_warnings(clinic, nurse, desk, amina):
    bilal = arrives(desk, clinic, "Bilal", "Hart", date(2023, 3, 27))
    ready(nurse, clinic, amina)
    give(nurse, clinic, amina)
    agree(nurse, clinic, bilal)
    shown = hidden(nurse.get(dose_url(clinic, bilal)))["in_use"]
    page = post_dose(nurse, clinic, bilal, {"in_use": shown, "body_site": "left_arm"})
    assert "No record was checked" in words(page)
    nurse.post(dose_url(clinic, bilal), sent_on(page, override_reason="Seen last week"))
    assert Vaccination.objects.get(person=bilal).batch == clinic.mmrv


def test_gelatine_that_came_after_the_questions_is_warned_about(clinic, nurse, amina):
    ready(nurse, clinic, amina)
    batch = make_batch(clinic.team, "proquad", number="PQ1")
    page = give(nurse, clinic, amina, batch=str(batch.public_id))
    assert "nobody was asked about a severe allergic reaction to it" in words(page)
    assert not Vaccination.objects.exists()


def test_gelatine_that_was_asked_about_is_not_warned_about(clinic, nurse, amina):
    batch = make_batch(clinic.team, "proquad", number="PQ1")
    ready(nurse, clinic, amina)
    assert give(nurse, clinic, amina, batch=str(batch.public_id)).status_code == 302
    assert Vaccination.objects.get().cautions == []


# --- site, time, people


def test_a_site_used_already_says_by_what_and_when(clinic, nurse, amina):
    ready(nurse, clinic, amina)
    give(nurse, clinic, amina, "6IN1", body_site="left_thigh", given_time="8:52am")
    page = nurse.get(dose_url(clinic, amina))
    assert "Left thigh Already used: 6-in-1 at 8:52am" in words(page) and " checked" not in page.content.decode()


def test_another_vaccinator_gave_it_and_a_third_supplied_it(clinic, nurse, amina):
    sue = make_user(clinic.team, Role.SENIOR_NURSE, first_name="Sue", last_name="Senior")
    gone = make_user(clinic.team, Role.VACCINATOR, first_name="Gus", last_name="Gone", is_active=False)
    other = make_user(None, first_name="Olga", last_name="Other")
    page = nurse.get(ready(nurse, clinic, amina).url)
    [givers] = re.findall(r'<select[^>]* name="given_by".*?</select>', page.content.decode(), re.DOTALL)
    assert "Sue Senior" in givers and "Nora Nurse (you)" in givers
    for nobody in ("Dan Desk", "Gus Gone", "Olga Other"):
        assert nobody not in givers
    for wrong in (gone, other, clinic.desk):
        assert give(nurse, clinic, amina, given_by=str(wrong.public_id)).status_code == 422
    give(nurse, clinic, amina, given_by=str(sue.public_id), supplied_by=str(clinic.desk.public_id))
    dose = Vaccination.objects.get()
    assert (dose.given_by_name, dose.supplied_by_name, dose.recorded_by_name) == (
        "Sue Senior",
        "Dan Desk",
        "Nora Nurse",
    )


def test_whoever_supplied_it_is_written_down_only_where_somebody_else_gave_it(clinic, nurse, amina):
    sue = make_user(clinic.team, Role.SENIOR_NURSE, first_name="Sue", last_name="Senior")
    ready(nurse, clinic, amina)
    me = str(clinic.nurse.public_id)
    give(nurse, clinic, amina, supplied_by=me)
    give(nurse, clinic, amina, "6IN1", given_by=str(sue.public_id), supplied_by=me)
    names = Vaccination.objects.order_by("pk").values_list("given_by_name", "supplied_by_name")
    assert list(names) == [("Nora Nurse", ""), ("Sue Senior", "Nora Nurse")]


@pytest.mark.parametrize(("time", "warns"), [("8:45am", False), ("8:44am", True)])
def test_a_time_well_before_they_arrived_is_asked_about(clinic, nurse, amina, time, warns):
    ready(nurse, clinic, amina)
    page = give(nurse, clinic, amina, given_time=time)
    assert (page.status_code == 200) is warns
    if warns:
        assert "The time given, 8:44am, is before Amina arrived, at 9am." in words(page)


def test_a_time_to_come_is_refused(clinic, nurse, amina):
    ready(nurse, clinic, amina)
    page = give(nurse, clinic, amina, given_time="9:01am")
    assert page.status_code == 409 and "The dose cannot have been given in the future." in words(page)


@pytest.mark.parametrize(
    ("clock", "says"),
    [
        ("2026-11-21T09:10:00.000Z", ""),
        ("2026-11-21T09:25:00.000Z", "The clock of this device is 25 minutes fast."),
        ("2026-11-21T08:39:00+00:00", "The clock of this device is 21 minutes slow."),
        ("", ""),
        ("2026-11-21T09:25:00", ""),
        ("0001-01-01T00:00:00+00:00", ""),
        ("9999-12-31T23:59:59-12:00", ""),
        ("\x00", ""),
        ("teatime" * 900, ""),
    ],
)
def test_the_devices_clock_is_kept_and_a_wrong_one_is_a_hint(clinic, nurse, amina, clock, says):
    ready(nurse, clinic, amina)
    after = words(nurse.get(give(nurse, clinic, amina, device_at=clock).url))
    dose = Vaccination.objects.get()
    assert dose.recorded_at == dose.given_at == MORNING
    assert (dose.device_at is not None) is (clock.startswith("2026") and clock != "2026-11-21T09:25:00")
    assert ("The clock of this device" in after) is bool(says) and says in after


# --- warnings


def test_all_warnings_are_on_one_page_and_nothing_is_saved_without_a_reason(clinic, nurse, desk):
    baby = arrives(desk, clinic, "Baby", "Hart", date(2026, 8, 1))
    agree(nurse, clinic, baby)
    page = nurse.get(dose_url(clinic, baby, "6IN1"))
    assert "Before you give this No record was checked on this visit." in words(page)
    warned = give(nurse, clinic, baby, "6IN1", note="Held by granny", device_at="2026-11-21T09:00:00Z")
    assert warned.status_code == 200 and "Stop and check Before you give 6-in-1 to Baby:" in words(warned)
    for sentence in ("No record was checked on this visit.", "Under 1 year the thigh is the site to use."):
        assert sentence in words(warned)
    assert not Vaccination.objects.exists()

    url = dose_url(clinic, baby, "6IN1")
    empty = nurse.post(url, sent_on(warned, override_reason=" "))
    assert empty.status_code == 422 and "Enter why you give it all the same" in words(empty)
    long = nurse.post(url, sent_on(warned, override_reason="x" * 501))
    assert long.status_code == 422 and not Vaccination.objects.exists()

    assert nurse.post(url, sent_on(empty, override_reason="Red book at home, doctor asked")).status_code == 302
    dose = Vaccination.objects.get()
    assert dose.cautions == ["no_record_check", "site_under_one"]
    assert (dose.override_reason, dose.note) == ("Red book at home, doctor asked", "Held by granny")
    assert dose.device_at is not None


def test_going_back_from_the_warnings_keeps_everything_that_was_typed(clinic, nurse, amina):
    agree(nurse, clinic, amina)
    sent = {
        "batch": "another",
        "new_product": "proquad",
        "new_number": "PQ77",
        "new_expires_on_day": "31",
        "new_expires_on_month": "5",
        "new_expires_on_year": "2027",
        "body_site": "right_arm",
        "note": "<b>Cried</b> 🧸",
        "given_time": "9am",
    }
    warned = post_dose(nurse, clinic, amina, sent)
    back = nurse.post(dose_url(clinic, amina), sent_on(warned, override_reason="", go_back="1"))
    page = back.content.decode()
    assert back.status_code == 200 and "There is a problem" not in page
    for typed in ('value="PQ77"', 'value="2027"', "&lt;b&gt;Cried&lt;/b&gt; 🧸", 'value="9am"'):
        assert typed in page
    assert re.search(r'value="right_arm"[^>]* checked', page) and not Vaccination.objects.exists()


def test_giving_anyway_pressed_twice_is_one_dose(clinic, nurse, amina):
    agree(nurse, clinic, amina)
    once = "6a1f2d0e-8f0a-4a57-9a1e-1f2d3c4b5a69"
    warned = give(nurse, clinic, amina, client_uuid=once)
    answers = [
        nurse.post(dose_url(clinic, amina), sent_on(warned, override_reason="No book at all")) for _time in range(2)
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Vaccination.objects.get().override_reason == "No book at all"


def test_a_warning_that_is_new_since_the_page_was_shown_is_shown_before_anything_is_saved(clinic, nurse, amina):
    agree(nurse, clinic, amina)
    warned = give(nurse, clinic, amina)
    # Meanwhile, on another tablet, she is said to be unwell.
    actions.record_screening(
        visit=Visit.objects.get(),
        answers=answers_of({}, QUESTIONS),
        well_today=False,
        not_pregnant=None,
        identity_confirmed_by="Sara Khan",
        by=clinic.nurse,
        at=MORNING,
    )
    again = nurse.post(dose_url(clinic, amina), sent_on(warned, override_reason="No book at all"))
    assert again.status_code == 200 and "Something has changed since you were asked." in words(again)
    assert "unwell today" in words(again) and 'value="No book at all"' in again.content.decode()
    assert not Vaccination.objects.exists()
    nurse.post(dose_url(clinic, amina), sent_on(again, override_reason="Agreed with Sue"))
    assert Vaccination.objects.get().cautions == ["no_record_check", "ask"]


def test_a_warning_that_has_gone_meanwhile_needs_no_reason(clinic, nurse, amina):
    agree(nurse, clinic, amina)
    warned = give(nurse, clinic, amina)
    check(nurse, clinic, amina)
    assert nurse.post(dose_url(clinic, amina), sent_on(warned, override_reason="")).status_code == 302
    assert (Vaccination.objects.get().override_reason, Vaccination.objects.get().cautions) == ("", [])


@pytest.mark.parametrize("seen", [["\x00"], ["x" * 9000], ["no_record_check"], ["no_record_check:000000000000"]])
def test_a_reason_for_warnings_that_nobody_showed_is_no_reason(clinic, nurse, amina, seen):
    agree(nurse, clinic, amina)
    page = give(nurse, clinic, amina, warned=seen, override_reason="Because")
    assert "Stop and check" in words(page) and not Vaccination.objects.exists()


def test_a_different_sentence_is_a_different_warning():
    assert Caution("ask", "Unwell today.").key != Caution("ask", "Blood products in May.").key


def test_without_warnings_there_is_no_such_page(clinic, nurse, amina):
    ready(nurse, clinic, amina)
    assert give(nurse, clinic, amina, override_reason="Not asked for").status_code == 302
    assert (Vaccination.objects.get().override_reason, Vaccination.objects.get().cautions) == ("", [])


def test_what_nobody_may_give_has_a_page_that_says_what_to_do_instead_and_no_way_on(clinic, nurse, amina):
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina, health="yes", yes=["immune"], confirmed=["immunosuppressed"])
    page = nurse.get(dose_url(clinic, amina))
    assert "Do not give MMRV" in words(page) and "Record it as not given" in words(page)
    assert "<form" not in page.content.decode().split("<main")[1]
    refused = give(nurse, clinic, amina, warned=["x"], override_reason="All the same")
    assert refused.status_code == 409 and "Record it as not given" in words(refused)
    assert not Vaccination.objects.exists()


# --- afterwards


def test_the_answer_says_when_the_next_dose_is_due_and_leads_to_correcting(clinic, nurse, amina):
    ready(nurse, clinic, amina)
    page = nurse.get(give(nurse, clinic, amina).url)
    assert re.search(r"MMRV saved\. 6-in-1 still due\. Next MMR or MMRV dose from \d+ \w+ 20\d\d\.", words(page))
    row = Vaccination.objects.get()
    assert clinic.url("record-correct", amina.public_id, row.public_id) in page.content.decode()


def test_a_full_course_says_so(clinic, nurse, desk):
    person = arrives(desk, clinic, "Bilal", "Hart", date(2018, 3, 27))
    actions.record_check(
        person=person,
        source="chis",
        outcome="doses_found",
        finding="One MMR.",
        doses=[actions.FoundDose("MMR", "2019-05-22")],
        by=clinic.nurse,
        at=MORNING,
    )
    ready(nurse, clinic, person)
    page = words(nurse.get(give(nurse, clinic, person, batch=str(clinic.mmr.public_id)).url))
    assert "MMR saved." in page and "MMR or MMRV complete." in page


def test_the_dose_page_needs_the_same_few_queries_however_many_batches_staff_and_directions_there_are(
    clinic, nurse, amina, django_assert_max_num_queries
):
    url = ready(nurse, clinic, amina).url
    nurse.get(url)
    with django_assert_max_num_queries(60) as few:
        nurse.get(url)
    for number in range(5):
        make_batch(clinic.team, "priorix-tetra", number=f"X{number}")
        make_user(clinic.team, Role.VACCINATOR)
        make_direction(clinic.team, name=f"Direction {number}", valid_until=DAY - timedelta(days=1))
    with django_assert_max_num_queries(len(few)):
        nurse.get(url)
