"""One record put right on its pages: what is wrong, what is right and why, both side by side, saved once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from clinics.actions import quarantine_batch
from clinics.models import Batch, ClinicSession
from immunisations import actions
from immunisations.models import Vaccination
from tests.integration.clinic_day.conftest import signed_in, words
from tests.support.factories import MORNING, make_batch, make_user
from tests.support.html_forms import forms_of
from tests.support.records import AT, make_room

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=30)


@pytest.fixture
def room(this_morning):
    this_morning.move_to(LATER)
    return make_room()


@pytest.fixture
def dose(room):
    return room.give(room.ready())


@pytest.fixture
def nurse(room):
    return signed_in(room.nurse)


@pytest.fixture
def senior(room):
    return signed_in(room.senior)


def url(name, row, *more):
    return reverse(name, args=[row.session.public_id, row.person.public_id, row.public_id, *more])


def person_page(client, row):
    return client.get(reverse("person", args=[row.session.public_id, row.person.public_id]))


def asks(client, row, what, **answers):
    """Answer the question page and return what it says."""
    return client.post(url("record-correct-what", row, what), {"reason": "A slip", **answers})


def saves(client, row, what):
    """Press Save on the check page, with what stands in its form."""
    address = url("record-correct-check", row, what)
    page = client.get(address)
    assert page.status_code == 200, page
    return client.post(address, {"client_uuid": page.context["form"].cleaned_data["client_uuid"]})


def correct(client, row, what, **answers):
    page = client.get(url("record-correct-what", row, what))
    sent = {"client_uuid": str(page.context["form"].initial["client_uuid"]), **answers}
    done = asks(client, row, what, **sent)
    assert done.status_code == 302, words(done)
    return saves(client, row, what)


def stands():
    return Vaccination.objects.current().get()


def test_a_site_is_corrected_and_both_records_stand_on_the_persons_page(nurse, dose):
    link = url("record-correct", dose)
    assert link in person_page(nurse, dose).content.decode()
    choices = nurse.get(link).content.decode()
    assert all(url("record-correct-what", dose, what) in choices for what in ("batch", "site", "time", "vaccine"))
    done = correct(nurse, dose, "site", body_site="right_arm", route="intramuscular", reason="Left and right")
    assert done.url.startswith(reverse("person", args=[dose.session.public_id, dose.person.public_id]))
    assert stands().body_site == "right_arm"
    page = person_page(nurse, dose)
    assert '<s class="app-struck">' in page.content.decode()
    said = words(page)
    assert "Recorded by Nora Nurse, 21 November 2026, 10am. Replaced by Nora Nurse, 21 November 2026, 10:30am." in said
    assert "Reason: Left and right" in said


@pytest.mark.once
def test_the_check_page_shows_both_before_anything_is_written(nurse, room, dose):
    other = make_batch(room.team, "priorix-tetra", number="TET9")
    asks(nurse, dose, "batch", batch=str(other.public_id), reason="Read the wrong box")
    page = words(nurse.get(url("record-correct-check", dose, "batch")))
    assert "Batch TET1 TET9" in page and "Read the wrong box" in page
    assert Vaccination.objects.count() == 1


@pytest.mark.once
def test_what_was_answered_is_still_there_for_whoever_goes_back(nurse, room, dose):
    other = make_batch(room.team, "priorix-tetra", number="TET9")
    asks(nurse, dose, "batch", batch=str(other.public_id), reason="Read the wrong box")
    form = nurse.get(url("record-correct-what", dose, "batch")).context["form"]
    assert (form["batch"].value(), form["reason"].value()) == (str(other.public_id), "Read the wrong box")


def test_a_batch_nobody_knew_yet_is_added_in_place(nurse, dose):
    correct(
        nurse,
        dose,
        "batch",
        batch="another",
        new_product="proquad",
        new_number=" pq 7 ",
        new_expires_on_day="1",
        new_expires_on_month="6",
        new_expires_on_year="2027",
    )
    assert stands().batch == Batch.objects.get(number="PQ 7") and stands().product_name == "ProQuad"


@pytest.mark.parametrize("year", ["2025", "2028"])
def test_a_batch_past_its_expiry_or_known_with_another_is_not_taken(nurse, room, dose, year):
    make_batch(room.team, "priorix-tetra", number="KNOWN")
    page = asks(
        nurse,
        dose,
        "batch",
        batch="another",
        new_product="priorix-tetra",
        new_number="known" if year == "2028" else "fresh",
        new_expires_on_day="1",
        new_expires_on_month="6",
        new_expires_on_year=year,
    )
    assert page.status_code == 422 and "Expiry date" in words(page) and "There is a problem" in words(page)


@pytest.mark.once
def test_the_batch_that_was_really_given_is_offered_though_it_is_quarantined(nurse, room, dose):
    real = make_batch(room.team, "priorix-tetra", number="TET8")
    quarantine_batch(batch=real, reason="Fridge too warm", by=None, at=MORNING, source="test")
    assert "TET8 (quarantined)" in words(nurse.get(url("record-correct-what", dose, "batch")))
    asks(nurse, dose, "batch", batch=str(real.public_id))
    assert "TET8 is quarantined" in words(nurse.get(url("record-correct-check", dose, "batch")))
    saves(nurse, dose, "batch")
    assert stands().batch_number == "TET8"


def test_a_time_is_corrected_on_the_clinics_own_day(nurse, dose):
    correct(nurse, dose, "time", given_time="9:10am")
    assert stands().given_at == MORNING + timedelta(minutes=10)


@pytest.mark.strict
@pytest.mark.parametrize("typed", ["11pm", "noon or so", "", "\x00"])
def test_a_time_that_cannot_be_is_shown_again(nurse, dose, typed):
    page = asks(nurse, dose, "time", given_time=typed)
    assert page.status_code in (409, 422) and "There is a problem" in words(page)


def test_another_product_of_the_course_is_put_on_the_record_with_its_batch(nurse, room, dose):
    correct(nurse, dose, "vaccine", batch=str(room.mmr.public_id), body_site="left_thigh")
    row = stands()
    assert (row.vaccine, row.product_name, row.batch_number, row.body_site) == ("MMR", "Priorix", "PRX1", "left_thigh")
    assert row.replaces == dose


def test_a_vaccine_of_another_course_is_an_error_here_and_a_record_there(nurse, room, dose):
    correct(nurse, dose, "vaccine", batch=str(room.six.public_id))
    row = stands()
    assert (row.series, row.vaccine, row.moved_from, row.given_at) == ("6IN1", "6IN1", dose, dose.given_at)
    assert row.consent and "6IN1" in row.consent.vaccines
    assert Vaccination.objects.get(replaces=dose).status == "entered-in-error"
    assert "It was first recorded as: MMRV: Given" in words(person_page(nurse, row))


def test_without_consent_to_the_other_vaccine_it_is_said_what_to_do(nurse, room):
    visit = room.visit()
    room.check(visit)
    room.consent(visit, "MMRV")
    room.screen(visit)
    dose = room.give(visit)
    page = asks(nurse, dose, "vaccine", batch=str(room.six.public_id))
    assert page.status_code == 409 and "There is no consent to 6-in-1 on this visit" in words(page)
    assert Vaccination.objects.count() == 1


def test_a_product_that_was_not_agreed_to_is_said_so_and_recorded_as_it_was(nurse, room):
    visit = room.visit()
    room.check(visit)
    room.consent(visit, "MMRV")
    room.screen(visit)
    dose = room.give(visit)
    asks(nurse, dose, "vaccine", batch=str(room.mmr.public_id))
    assert "The consent on record does not name MMR." in words(nurse.get(url("record-correct-check", dose, "vaccine")))
    saves(nurse, dose, "vaccine")
    assert stands().vaccine == "MMR"


def test_a_dose_that_was_not_given_after_all_becomes_a_record_of_why(nurse, dose):
    correct(nurse, dose, "not-given", not_done_reason="unwell")
    row = stands()
    assert (row.status, row.not_done_reason, row.batch, row.vaccine, row.given_at) == (
        "not-done",
        "unwell",
        None,
        "",
        None,
    )


def test_a_dose_recorded_twice_is_an_error_and_due_again(nurse, dose):
    correct(nurse, dose, "twice")
    assert not Vaccination.objects.current().exists()
    assert "Give MMRV" in words(person_page(nurse, dose))


def test_a_note_is_corrected(nurse, dose):
    correct(nurse, dose, "note", note="Cried a little")
    assert stands().note == "Cried a little"


@pytest.mark.once
def test_a_note_or_route_that_was_replaced_can_still_be_read_beside_the_new_one(nurse, dose):
    correct(nurse, dose, "note", note="Cried a little")
    correct(nurse, stands(), "note", note="Fainted")
    correct(nurse, stands(), "site", body_site=dose.body_site, route="subcutaneous")
    page = person_page(nurse, dose).content.decode()
    assert '<s class="app-struck">Cried a little</s>' in page and words(person_page(nurse, dose)).count("Fainted") == 1
    assert "How it was given: into the muscle , under the skin." in words(person_page(nurse, dose))


def test_a_reason_is_corrected_and_its_record_offers_nothing_of_a_dose(nurse, room):
    [declined] = room.decline(room.ready())
    offered = nurse.get(url("record-correct", declined)).content.decode()
    assert url("record-correct-what", declined, "batch") not in offered
    correct(nurse, declined, "reason", not_done_reason="unwell")
    assert stands().not_done_reason == "unwell"


@pytest.mark.strict
@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("site", {"body_site": "left_arm", "route": "intramuscular"}),
        ("site", {"body_site": "buttock", "route": "intramuscular"}),
        ("site", {"body_site": "mouth", "route": "intramuscular"}),
        ("site", {"body_site": "right_arm", "route": "intramuscular", "reason": ""}),
        ("twice", {"reason": "\x00"}),
        ("twice", {"reason": "x" * 301}),
        ("twice", {"reason": "\u200b"}),
        ("batch", {}),
        ("batch", {"batch": "00000000-0000-0000-0000-000000000000"}),
        ("batch", {"batch": "another"}),
        ("batch", {"batch": "another", "new_product": "priorix-tetra", "new_number": "X" * 41}),
        ("vaccine", {"batch": "another", "new_product": "ibuprofen", "new_number": "A"}),
        ("not-given", {"not_done_reason": "bored"}),
        ("note", {"note": "x" * 501}),
        ("note", {"note": ""}),
    ],
)
def test_a_correction_with_a_mistake_is_shown_again(nurse, dose, what, wrong):
    page = asks(nurse, dose, what, **wrong)
    assert page.status_code in (409, 422) and "There is a problem" in words(page)
    assert Vaccination.objects.count() == 1
    # Nothing is kept that could not stand: the check page leads back to the question.
    assert nurse.get(url("record-correct-check", dose, what)).url == url("record-correct-what", dose, what)


@pytest.mark.strict
@pytest.mark.parametrize("what", ["everything", "person", "reason", "batch2"])
def test_another_kind_of_mistake_is_not_there(nurse, dose, what):
    assert nurse.get(url("record-correct-what", dose, what)).status_code == 404


def test_a_correction_pressed_twice_is_saved_once_and_says_so_twice(nurse, dose):
    once = "6a1f2d0e-8f0a-4a57-9a1e-1f2d3c4b5a69"
    asks(nurse, dose, "twice", client_uuid=once)
    for _press in range(2):
        done = nurse.post(url("record-correct-check", dose, "twice"), {"client_uuid": once})
        assert done.status_code == 302 and done.url.endswith("#records")
    assert Vaccination.objects.count() == 2


def test_a_check_page_whose_answers_changed_on_another_page_is_shown_again(nurse, dose):
    asks(
        nurse,
        dose,
        "site",
        body_site="right_arm",
        route="intramuscular",
        client_uuid="6a1f2d0e-8f0a-4a57-9a1e-1f2d3c4b5a69",
    )
    done = nurse.post(
        url("record-correct-check", dose, "site"), {"client_uuid": "6a1f2d0e-8f0a-4a57-9a1e-000000000000"}
    )
    assert done.url == url("record-correct-check", dose, "site") and Vaccination.objects.count() == 1
    for sent in ({}, {"client_uuid": "\x00"}):
        assert nurse.post(url("record-correct-check", dose, "site"), sent).status_code == 302
    assert Vaccination.objects.count() == 1


def test_whoever_comes_second_is_told_and_sees_how_it_stands(nurse, senior, dose):
    for client in (nurse, senior):
        asks(
            client,
            dose,
            "site",
            body_site="right_arm",
            route="intramuscular",
            client_uuid=str(Vaccination().client_uuid),
        )
    pages = [client.get(url("record-correct-check", dose, "site")) for client in (nurse, senior)]
    for client, page in zip((nurse, senior), pages, strict=True):
        done = client.post(page.wsgi_request.path, {"client_uuid": page.context["form"].cleaned_data["client_uuid"]})
        assert done.status_code == 302
    assert "corrected meanwhile" in words(senior.get(done.url))
    assert Vaccination.objects.count() == 2
    for name in ("record-correct", "record-move"):
        assert nurse.get(url(name, dose)).status_code == 302


def test_another_vaccinator_may_not_correct_it_and_a_senior_nurse_may(room, senior, dose):
    other = signed_in(make_user(room.team, Role.VACCINATOR))
    for name, more in (("record-correct", ()), ("record-correct-what", ("twice",)), ("record-move", ())):
        assert other.get(url(name, dose, *more)).status_code == 403
    correct(senior, dose, "twice")
    assert not Vaccination.objects.current().exists()


def test_ones_own_record_is_for_a_senior_nurse_the_day_after(room, dose, this_morning):
    this_morning.move_to(AT + timedelta(days=1))
    nurse, senior = signed_in(room.nurse), signed_in(room.senior)
    assert nurse.get(url("record-correct", dose)).status_code == 403
    assert "Correct this record" not in words(person_page(nurse, dose))
    assert senior.get(url("record-correct", dose)).status_code == 200


def test_a_record_is_corrected_on_the_screen_of_a_clinic_closed_off(senior, dose):
    ClinicSession.objects.update(state="closed_off")
    assert url("record-correct", dose) in person_page(senior, dose).content.decode()
    correct(senior, dose, "twice")
    assert not Vaccination.objects.current().exists()


def test_the_history_of_a_record_is_reached_through_whom_its_person_was_merged_into(nurse, room, dose):
    correct(nurse, dose, "site", body_site="right_arm", route="intramuscular", reason="Left and right")
    kept = room.person("Aminah")
    actions.merge_people(keep=kept, merge=dose.person, reason="Same child", by=room.senior, at=LATER)
    page = person_page(nurse, dose)
    assert "Reason: Left and right" in words(page) and '<s class="app-struck">' in page.content.decode()
    row = stands()
    link = reverse("record-correct", args=[room.session.public_id, kept.public_id, row.public_id])
    assert link in page.content.decode() and nurse.get(link).status_code == 200


@pytest.mark.once
def test_the_pages_need_no_script_but_a_form(nurse, dose):
    address = url("record-correct-what", dose, "batch")
    forms = forms_of(nurse.get(address).content.decode(), address)
    assert any({"batch", "new_number", "reason", "client_uuid"} <= form.names() for form in forms)


def test_a_persons_page_asks_as_many_questions_however_often_a_record_was_corrected(nurse, dose):
    counts = []
    row = dose
    for site in ("right_arm", "left_thigh", "right_thigh", "left_arm"):
        row = actions.correct_vaccination(
            vaccination=row, changes={"body_site": site}, reason="x", by=dose.given_by, at=LATER
        )
        with CaptureQueriesContext(connection) as asked:
            person_page(nurse, dose)
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
