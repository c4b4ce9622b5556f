"""From the list to a saved dose, as a nurse does it."""

from datetime import date, timedelta

import pytest

from accounts.models import AuditEvent, RecordView, Role
from clinics.models import Batch, Venue
from immunisations import actions
from immunisations.models import Consent, RecordCheck, Screening, Vaccination, Visit
from tests.integration.clinic_day.conftest import agree, arrive_all, check, give, post_dose, signed_in, words
from tests.support.factories import MORNING, book, child, make_batch, make_user

pytestmark = pytest.mark.django_db


def test_a_nurse_goes_from_the_list_to_two_saved_doses(clinic, nurse, amina):
    day = nurse.get(clinic.url("clinic-day-session"))
    assert "1 to see, 0 done" in words(day)
    page = nurse.get(clinic.url("person", amina.public_id))
    assert "KHAN, Amina Born 27 March 2023 (3 years 7 months)" in words(page)
    assert "Sara Khan (mother), who is here" in words(page)

    assert check(nurse, clinic, amina).url == clinic.url("person", amina.public_id)
    assert RecordCheck.objects.get().finding == "Red book: nothing recorded."
    after_consent = agree(nurse, clinic, amina)
    assert after_consent.url == clinic.url("give-dose", amina.public_id, "MEASLES")
    dose_page = nurse.get(after_consent.url)
    assert "TET1" in words(dose_page) and "Before you give this" not in words(dose_page)
    saved = give(nurse, clinic, amina)
    assert saved.url == clinic.url("person", amina.public_id)

    dose = Vaccination.objects.get()
    assert (dose.product_name, dose.batch_number, dose.body_site, dose.route) == (
        "Priorix-Tetra",
        "TET1",
        "left_arm",
        "intramuscular",
    )
    assert (dose.given_by_name, dose.legal_mechanism, dose.dose_number) == ("Nora Nurse", "PGD", 1)
    assert (dose.consent_by_name, dose.consent_relationship) == ("Sara Khan", "Mother")
    assert dose.given_on.isoformat() == "2026-11-21"
    assert dose.place_name == str(clinic.session.venue)


@pytest.mark.once
def test_after_the_first_dose_the_page_says_what_is_still_due(clinic, nurse, amina):
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    page = nurse.get(give(nurse, clinic, amina).url)
    assert "MMRV saved. 6-in-1 still due." in words(page)
    assert Visit.objects.get().left_at is None
    ended = give(nurse, clinic, amina, "6IN1")
    assert ended.url == clinic.url("clinic-day-session")
    assert "6-in-1 saved for KHAN, Amina." in words(nurse.get(ended.url))
    assert "0 to see, 1 done" in words(nurse.get(ended.url))


def ready(nurse, clinic, person):
    check(nurse, clinic, person)
    return agree(nurse, clinic, person)


def test_every_look_at_a_person_is_written_down(clinic, nurse, desk, amina):
    desk.get(clinic.url("person", amina.public_id))
    nurse.get(clinic.url("record-check", amina.public_id))
    views = RecordView.objects.order_by("pk")
    assert [(view.user_name, view.page, view.person_id) for view in views] == [
        ("Dan Desk", "person", amina.public_id),
        ("Nora Nurse", "record-check", amina.public_id),
    ]


def test_a_known_child_takes_six_taps_and_no_typing(clinic, nurse, desk):
    # The nurse has used this batch before, and the record was checked at the desk.
    first, second = [child_here(clinic, desk, name) for name in ("Amina", "Bilal")]
    ready(nurse, clinic, first)
    give(nurse, clinic, first)
    check(nurse, clinic, second)
    page = nurse.get(clinic.url("person", second.public_id))  # 1: the name on the list
    assert 'name="decides"' in page.content.decode() and "checked>" not in page.content.decode()
    # 2: who agrees, 3: the answers, 4: save
    to_dose = agree(nurse, clinic, second)
    dose_page = nurse.get(to_dose.url).content.decode()
    in_use = str(clinic.mmrv.public_id)
    assert f'name="in_use" value="{in_use}"' in dose_page and 'name="batch"' not in dose_page
    assert "You chose it for the rest of this clinic" in dose_page
    assert " checked" not in dose_page
    # 5: the site, 6: save
    saved = post_dose(nurse, clinic, second, {"in_use": in_use, "body_site": "left_arm"})
    assert saved.status_code == 302 and Vaccination.objects.filter(person=second, batch_number="TET1").exists()


def child_here(clinic, desk, name):
    """A child with a full 6-in-1 course, of whom only MMRV is due."""
    book(clinic.session, child(name, "Hart", date(2023, 3, 27)))
    person = next(each for each in arrive_all(desk, clinic) if each.first_name == name)
    actions.record_check(
        person=person,
        source="chis",
        outcome="doses_found",
        finding="CHIS: 6-in-1 complete.",
        doses=[actions.FoundDose("6IN1", day) for day in ("2023-05-22", "2023-06-19", "2023-07-17", "2024-04-02")],
        by=clinic.nurse,
        at=MORNING,
    )
    return person


def test_the_batch_can_be_changed_and_an_expired_one_is_not_offered(clinic, nurse, amina):
    make_batch(clinic.team, "priorix-tetra", number="OLD1", expires_on=date(2026, 11, 20))
    make_batch(clinic.team, "priorix-tetra", number="SOON1", expires_on=date(2026, 12, 1))
    page = words(nurse.get(ready(nurse, clinic, amina).url))
    assert "OLD1" not in page and page.index("SOON1") < page.index("TET1")
    assert "Expires 1 December 2026. No gelatine" in page


def test_a_vaccine_that_waits_for_another_is_not_said_to_be_due_today(clinic, nurse, amina):
    seen = {
        "red_book-outcome": "doses_found", "dose0-vaccine": "chickenpox", "dose0-given_on": "14 11 2026",
        "dose0-seen_in": "red_book",
    }  # fmt: skip
    check(nurse, clinic, amina, **seen)
    page = words(nurse.get(clinic.url("person", amina.public_id)))
    assert "MMRV Must wait" in page and "MMRV Due today" not in page
    assert "It waits until 12 December 2026, 28 days after a chickenpox vaccine." in page
    # What is due all the same may be given with a reason, or is said not to be given.
    assert "Give it all the same : MMRV" in page and "Not given : MMRV" in page and "Give MMRV" not in page


def test_a_missing_batch_is_added_in_place(clinic, nurse, amina):
    ready(nurse, clinic, amina)
    sent = {
        "batch": "another",
        "new_product": "priorix-tetra",
        "new_number": "pt 77",
        "new_expires_on_day": "31",
        "new_expires_on_month": "5",
        "new_expires_on_year": "2027",
        "body_site": "right_arm",
    }
    assert post_dose(nurse, clinic, amina, sent).status_code == 302
    dose = Vaccination.objects.get()
    assert (dose.product_name, dose.batch_number, dose.batch_expires_on) == (
        "Priorix-Tetra",
        "PT 77",
        date(2027, 5, 31),
    )


def test_a_batch_added_expired_is_refused_with_nothing_kept(clinic, nurse, amina):
    ready(nurse, clinic, amina)
    sent = {
        "batch": "another",
        "new_product": "proquad",
        "new_number": "PQ77",
        "new_expires_on_day": "31",
        "new_expires_on_month": "5",
        "new_expires_on_year": "2026",
        "body_site": "right_arm",
    }
    page = post_dose(nurse, clinic, amina, sent)
    assert page.status_code == 409 and "Batch PQ77 expired on 31 May 2026." in words(page)
    assert not Batch.objects.filter(number="PQ77").exists() and 'value="PQ77"' in page.content.decode()


@pytest.mark.once
def test_an_empty_dose_says_what_is_missing(clinic, nurse, amina):
    page = nurse.post(ready(nurse, clinic, amina).url, {})
    assert "Select a batch" in words(page) and "Select where it is given" in words(page)
    assert not Vaccination.objects.exists()


@pytest.mark.strict
@pytest.mark.parametrize(
    "wrong",
    [
        {"batch": "\x00"},
        {"batch": "00000000-0000-0000-0000-000000000000"},
        {"body_site": "buttock"},
        {"route": "nasal"},
        {"given_time": "teatime"},
        {"note": "x" * 501},
        {"note": "\x00"},
        {"client_uuid": "me"},
        {"direction": "because"},
        {"direction": "patient"},
        {"given_by": "00000000-0000-0000-0000-000000000000"},
        {"supplied_by": "\x00"},
    ],
)
def test_a_dose_with_a_mistake_is_shown_again(clinic, nurse, amina, wrong):
    ready(nurse, clinic, amina)
    page = give(nurse, clinic, amina, **wrong)
    assert page.status_code == 422 and "There is a problem" in words(page)
    assert not Vaccination.objects.exists()


def test_a_double_press_is_one_dose(clinic, nurse, amina):
    ready(nurse, clinic, amina)
    once = "6a1f2d0e-8f0a-4a57-9a1e-1f2d3c4b5a69"
    first = give(nurse, clinic, amina, client_uuid=once)
    again = give(nurse, clinic, amina, client_uuid=once)
    assert first.status_code == again.status_code == 302
    assert Vaccination.objects.count() == 1


def test_the_second_tablet_is_told_who_and_when(clinic, nurse, amina):
    ready(nurse, clinic, amina)
    give(nurse, clinic, amina)
    other = signed_in(make_user(clinic.team, Role.SENIOR_NURSE))
    page = give(other, clinic, amina)
    assert page.status_code == 409
    assert "MMRV was already recorded by Nora Nurse at 9am on 21 November." in words(page)
    assert Vaccination.objects.count() == 1


def test_without_consent_the_dose_page_leads_to_it_first(clinic, nurse, amina):
    check(nurse, clinic, amina)
    answer = nurse.get(clinic.url("give-dose", amina.public_id, "MEASLES"))
    assert answer.url == clinic.url("consent-and-health", amina.public_id) + "?vaccine=MMRV"
    page = give(nurse, clinic, amina)
    assert page.status_code == 409 and "Record consent for MMRV first." in words(page)


@pytest.mark.once
def test_a_yes_leads_back_to_the_person_with_the_answer_in_sight(clinic, nurse, amina):
    check(nurse, clinic, amina)
    answer = agree(
        nurse,
        clinic,
        amina,
        health="yes",
        yes=["immune"],
        details="Steroids since May",
        confirmed=["immunosuppressed"],
    )
    assert answer.url == clinic.url("person", amina.public_id)
    page = words(nurse.get(answer.url))
    assert "Yes: An illness or treatment that weakens the immune system – Steroids since May" in page
    assert "Do not give" in page
    refused = give(nurse, clinic, amina)
    assert refused.status_code == 409 and not Vaccination.objects.exists()


@pytest.mark.once
def test_somebody_unwell_is_a_question_for_a_nurse(clinic, nurse, amina):
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina, health="yes", yes=["unwell"])
    assert "Unwell today" in words(nurse.get(clinic.url("person", amina.public_id)))
    page = nurse.get(clinic.url("give-dose", amina.public_id, "MEASLES"))
    assert "ask a nurse first: unwell today" in words(page)


@pytest.mark.once
def test_consent_for_some_leaves_the_rest_to_be_asked(clinic, nurse, amina):
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina, which="some", some=["MMRV"])
    consent = Consent.objects.get()
    assert (consent.vaccines, consent.given_by_name, consent.route) == (["MMRV"], "Sara Khan", "parent_present")
    assert "Who agrees to 6-in-1?" in words(nurse.get(clinic.url("person", amina.public_id)))


@pytest.mark.once
def test_somebody_else_who_decides_is_named(clinic, nurse, amina):
    page = agree(nurse, clinic, amina, decides="parent_phone")
    assert "Enter the name of the person who decides" in words(page)
    assert "Enter who confirmed who this is" in words(page)
    agree(
        nurse,
        clinic,
        amina,
        decides="parent_phone",
        name_parent_phone="Omar Khan",
        relationship_parent_phone="Father",
        identity_parent_phone="Aunt Zara",
        phone="07700 900123",
    )
    assert (Consent.objects.get().given_by_name, Screening.objects.get().identity_confirmed_by) == (
        "Omar Khan",
        "Aunt Zara",
    )


@pytest.mark.once
def test_an_adult_decides_for_themselves_and_is_asked_about_pregnancy(clinic, nurse, desk):
    book(clinic.session, child("Grace", "Adeyemi", date(1995, 5, 1)))
    [grace] = arrive_all(desk, clinic)
    check(nurse, clinic, grace)
    page = words(nurse.get(clinic.url("person", grace.public_id)))
    assert "Grace Adeyemi, who confirmed who they are and agrees" in page and "not pregnant" in page
    agree(nurse, clinic, grace, decides="own")
    assert Screening.objects.get().not_pregnant is True and Consent.objects.get().route == "own"


@pytest.mark.once
def test_an_empty_consent_says_what_is_missing(clinic, nurse, amina):
    page = nurse.post(clinic.url("consent-and-health", amina.public_id), {})
    for sentence in ("Select who agrees", "Select what the answers are"):
        assert sentence in words(page)
    assert not Consent.objects.exists() and not Screening.objects.exists()


@pytest.mark.strict
@pytest.mark.parametrize("wrong", [{"decides": "own"}, {"decides": "\x00"}, {"health": "fine"}, {"which": "none"}])
def test_a_consent_with_a_mistake_is_shown_again(clinic, nurse, amina, wrong):
    page = agree(nurse, clinic, amina, **wrong)
    assert page.status_code == 422 and "There is a problem" in words(page) and not Consent.objects.exists()


def test_not_given_takes_a_reason_and_the_visit_ends_when_nothing_else_is_due(clinic, nurse, amina):
    url = clinic.url("not-given", amina.public_id)
    page = nurse.get(url + "?series=MEASLES")
    assert page.content.decode().count(" checked") == 1
    answer = nurse.post(url, {"series": ["MEASLES", "6IN1"], "reason": "declined", "note": "Mother wants to think"})
    assert answer.url == clinic.url("clinic-day-session")
    assert "Came but not vaccinated" in words(nurse.get(answer.url))
    assert {row.not_done_reason for row in Vaccination.objects.all()} == {"declined"}


@pytest.mark.once
def test_not_produced_is_a_reason_in_a_prison_alone(clinic, nurse, amina):
    url = clinic.url("not-given", amina.public_id)
    assert "Not produced (prison)" not in words(nurse.get(url))
    Venue.objects.update(kind="prison")
    assert "Not produced (prison)" in words(nurse.get(url))


@pytest.mark.strict
@pytest.mark.parametrize(
    "wrong", [{}, {"series": ["FLU"], "reason": "declined"}, {"series": ["MEASLES"], "reason": "x"}]
)
def test_not_given_with_a_mistake_is_shown_again(clinic, nurse, amina, wrong):
    page = nurse.post(clinic.url("not-given", amina.public_id), wrong)
    assert "There is a problem" in words(page) and not Vaccination.objects.exists()


def test_a_dose_after_a_decline_replaces_it_on_the_screen_too(clinic, nurse, amina):
    nurse.post(clinic.url("not-given", amina.public_id), {"series": ["MEASLES"], "reason": "declined"})
    ready(nurse, clinic, amina)
    assert nurse.get(clinic.url("give-dose", amina.public_id, "MEASLES")).status_code in (200, 302)
    agree_url = clinic.url("consent-and-health", amina.public_id) + "?vaccine=MMRV"
    nurse.post(agree_url, {"decides": "contact", "health": "ok"})
    assert give(nurse, clinic, amina).status_code == 302
    assert Vaccination.objects.current().filter(series="MEASLES").get().status == "completed"


@pytest.mark.once
@pytest.mark.parametrize(("does", "word"), [("advice", "Advice only"), ("check", "Record checked only")])
def test_advice_and_a_checked_record_are_one_tap_each(clinic, nurse, amina, does, word):
    check(nurse, clinic, amina)
    assert f'value="{does}"' in nurse.get(clinic.url("person", amina.public_id)).content.decode()
    answer = nurse.post(clinic.url("visit-end", amina.public_id), {"does": does})
    assert word in words(nurse.get(answer.url))
    assert Visit.objects.get().left_at == MORNING


def test_a_visit_is_paused_and_taken_up_again(clinic, nurse, amina):
    url = clinic.url("visit-end", amina.public_id)
    nurse.post(url, {"does": "pause"})
    assert "Paused" in words(nurse.get(clinic.url("clinic-day-session")))
    nurse.post(url, {"does": "start"})
    assert "In progress" in words(nurse.get(clinic.url("clinic-day-session")))
    assert nurse.post(url, {"does": "dance"}).status_code == 404


def test_the_desk_sees_a_record_and_writes_none(clinic, desk, amina):
    assert desk.get(clinic.url("person", amina.public_id)).status_code == 200
    for name in ("record-check", "consent-and-health", "not-given"):
        assert desk.get(clinic.url(name, amina.public_id)).status_code == 403
        assert desk.post(clinic.url(name, amina.public_id), {}).status_code == 403
    assert desk.post(clinic.url("visit-end", amina.public_id), {"does": "advice"}).status_code == 403
    assert desk.get(clinic.url("give-dose", amina.public_id, "MEASLES")).status_code == 403


def test_a_vaccine_that_the_clinic_does_not_offer_has_no_page(clinic, nurse, amina):
    assert nurse.get(clinic.url("give-dose", amina.public_id, "HPV")).status_code == 404
    assert nurse.get(clinic.url("give-dose", amina.public_id, "nonsense")).status_code == 404
    assert nurse.get(clinic.url("consent-and-health", amina.public_id) + "?vaccine=HPV").status_code == 404


@pytest.mark.once
def test_a_family_is_shown_together(clinic, nurse, desk):
    book(clinic.session, child("Amina"), child("Bilal", "Khan", date(2021, 1, 1)))
    amina, _bilal = arrive_all(desk, clinic)
    assert "Booked together" in words(nurse.get(clinic.url("person", amina.public_id)))
    assert "KHAN, Bilal" in words(nurse.get(clinic.url("person", amina.public_id)))


def test_a_dose_recorded_on_another_day_needs_its_time(clinic, nurse, amina, this_morning):
    ready(nurse, clinic, amina)
    this_morning.move_to(MORNING + timedelta(days=1))
    nurse.force_login(clinic.nurse)
    page = give(nurse, clinic, amina)
    assert "Enter the time given" in words(page)
    assert give(nurse, clinic, amina, given_time="10:20am").status_code == 302
    dose = Vaccination.objects.get()
    assert (dose.given_on, f"{dose.given_at:%H:%M}") == (date(2026, 11, 21), "10:20")


def test_a_record_of_the_day_shows_its_audit(clinic, nurse, amina):
    ready(nurse, clinic, amina)
    give(nurse, clinic, amina)
    done = set(AuditEvent.objects.filter(person_id=amina.public_id).values_list("action", flat=True))
    assert {"arrive", "record_check", "record_consent", "record_screening", "record_vaccination"} <= done
