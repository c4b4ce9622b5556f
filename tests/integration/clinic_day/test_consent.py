"""Consent and the health questions on the screens: who, by phone, alone, disagreeing, again; and what is carried."""

import html
import re
from datetime import date, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from immunisations.models import Consent, Person, Screening, Vaccination
from immunisations.models.consent import GILLICK_ANSWERS
from tests.integration.clinic_day.conftest import Clinic, agree, arrive_all, give, signed_in, words
from tests.support.factories import MORNING, book, child, contact, make_session
from tests.support.html_forms import Form, forms_of
from tests.support.records import AT, Room

pytestmark = pytest.mark.django_db
FIVE = dict.fromkeys(GILLICK_ANSWERS, "yes")


@pytest.fixture
def room(clinic: Clinic, this_morning: time_machine.Traveller) -> Room:
    """The same clinic, for what is not done on a screen, a little after those things."""
    this_morning.move_to(AT + timedelta(minutes=5))
    return Room(clinic.team, clinic.session, clinic.nurse, clinic.nurse, clinic.mmr, clinic.mmrv, clinic.six)


@pytest.fixture
def tom(clinic: Clinic, desk: Client, room: Room) -> Person:
    """A boy of 15 whose mother booked for him; his record was checked and shows one MMR."""
    book(clinic.session, child("Tom", "Khan", date(2011, 9, 2)), contact=contact(name="Sara Khan"))
    [person] = arrive_all(desk, clinic)
    room.check(person.visits.get(), ("MMR", "2013-01-01"), *[("6IN1", f"2012-0{month}-01") for month in (1, 3, 5)])
    return person


def links_of(page) -> list[str]:
    """Return where the links of a page lead."""
    return [html.unescape(each) for each in re.findall(r'<a href="([^"]+)"', page.content.decode())]


def asked_on(client: Client, address: str) -> Form:
    """Return the form about consent and health of a page."""
    forms = forms_of(client.get(address).content.decode(), address)
    return next(form for form in forms if "asked_about" in form.values)


def alone(client: Client, clinic: Clinic, person: Person, **data: object):
    return agree(client, clinic, person, **{"decides": "gillick", **FIVE, **data})


@pytest.mark.once
def test_nothing_is_chosen_beforehand_and_the_five_are_asked_one_by_one(clinic, nurse, tom):
    page = nurse.get(clinic.url("person", tom.public_id)).content.decode()
    assert not re.search(r"<input[^>]* checked", page)
    for name in GILLICK_ANSWERS:
        assert page.count(f'name="{name}"') == 2
    assert "Does Tom know the disease it protects against?" in page


def test_a_competent_young_person_is_vaccinated(clinic, nurse, tom):
    to_dose = alone(nurse, clinic, tom)
    assert to_dose.url == clinic.url("give-dose", tom.public_id, "MEASLES")
    give(nurse, clinic, tom, batch=str(clinic.mmr.public_id))
    dose = Vaccination.objects.get()
    assert (dose.consent_by_name, dose.parents_not_told) == ("Tom Khan", False)


def test_a_name_as_long_as_any_may_be_is_kept_as_far_as_a_copy_reaches(clinic, nurse, tom):
    Person.objects.filter(pk=tom.pk).update(first_name="T" * 100, last_name="K" * 100)
    assert alone(nurse, clinic, tom).status_code == 302
    give(nurse, clinic, tom, batch=str(clinic.mmr.public_id))
    assert Vaccination.objects.get().consent_by_name == f"{'T' * 100} {'K' * 99}"


@pytest.mark.once
@pytest.mark.parametrize("name", GILLICK_ANSWERS)
def test_one_no_is_said_with_what_else_can_be_done_and_nothing_typed_is_lost(clinic, nurse, tom, name):
    page = alone(nurse, clinic, tom, **{name: "no"})
    assert page.status_code == 422
    assert "is not Gillick competent for this and cannot consent alone. Ask somebody with parental" in words(page)
    assert "Not given" in words(page) and page.content.decode().count(" checked") == 7
    assert not Consent.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize("name", GILLICK_ANSWERS)
def test_an_answer_that_is_missing_is_asked_for_by_name(clinic, nurse, tom, name):
    page = alone(nurse, clinic, tom, **{name: ""})
    assert page.status_code == 422 and "Select whether Tom knows" in words(page)


@pytest.mark.once
def test_a_small_child_is_not_asked(clinic, nurse, amina):
    page = nurse.get(clinic.url("person", amina.public_id)).content.decode()
    assert "gillick" not in page and "private_" not in page


@pytest.mark.once
def test_the_phone_number_of_who_booked_is_there_already(clinic, nurse, desk, room):
    book(clinic.session, child("Ben", "Hart"), contact=contact(name="Jo Hart", phone="+447700900456"))
    [ben] = arrive_all(desk, clinic)
    page = nurse.get(clinic.url("person", ben.public_id)).content.decode()
    assert 'value="+447700900456"' in page and 'value="Jo Hart"' in page
    sent = {"decides": "parent_phone", "name_parent_phone": "Jo Hart", "identity_parent_phone": "Aunt Zara"}
    assert "Enter the number that you called" in words(agree(nurse, clinic, ben, **sent))
    agree(nurse, clinic, ben, **sent, phone="07700 900456", heard_by="Dan Desk")
    consent = Consent.objects.get()
    assert (consent.phone, consent.heard_by_name) == ("+447700900456", "Dan Desk")
    assert "also heard by Dan Desk" in words(nurse.get(clinic.url("person", ben.public_id)))


@pytest.mark.once
def test_whoever_booked_for_themselves_is_nobodys_parent(clinic, nurse, desk):
    own = contact(name="Ann Lee", relationship="Booked for themselves")
    book(clinic.session, child("Ann", "Lee", date(2009, 1, 1)), contact=own)
    [ann] = arrive_all(desk, clinic)
    page = nurse.get(clinic.url("person", ann.public_id)).content.decode()
    assert "who is here" not in page and 'value="Ann Lee"' not in page


def test_an_adult_who_cannot_decide_needs_who_was_consulted(clinic, nurse, desk):
    book(clinic.session, child("Grace", "Adeyemi", date(1995, 5, 1)))
    [grace] = arrive_all(desk, clinic)
    sent = {"decides": "best_interests", "name_best_interests": "Dr Lane", "identity_best_interests": "Her carer"}
    assert "Enter who was consulted" in words(agree(nurse, clinic, grace, **sent))
    agree(nurse, clinic, grace, **sent, consulted="Her sister Jo: yes")
    assert Consent.objects.get().note == "Her sister Jo: yes"


# They disagree


def test_those_who_disagree_stop_the_dose_until_they_agree(clinic, nurse, amina, room):
    room.check(amina.visits.get())
    sent = {"decides": "disagreed", "name_disagreed": "Sara Khan", "which": "", "health": ""}
    assert "Enter who agrees and who does not" in words(agree(nurse, clinic, amina, **sent))
    answer = agree(nurse, clinic, amina, **sent, said="Mother yes, father no")
    assert answer.url == clinic.url("person", amina.public_id)
    page = words(nurse.get(answer.url))
    assert "Do not vaccinate: they disagree" in page and "Mother yes, father no" in page
    assert "Give MMRV" not in page and "They agree now: ask again" in page
    assert not Screening.objects.exists()
    # The dose's own address leads to the question, and posting to it is refused.
    assert nurse.get(clinic.url("give-dose", amina.public_id, "MEASLES")).url.endswith("?vaccine=MMRV")
    refused = give(nurse, clinic, amina)
    assert refused.status_code == 409 and "those with parental responsibility disagree" in words(refused)
    again = clinic.url("consent-and-health", amina.public_id) + "?vaccine=MMRV"
    assert "Do not vaccinate: they disagree" in words(nurse.get(again))
    assert nurse.post(again, {"decides": "contact", "health": "ok"}).url.endswith("/MEASLES/")
    assert give(nurse, clinic, amina).status_code == 302
    assert list(Consent.objects.values_list("decision", flat=True)) == ["disagreed", "given"]


def test_a_disagreement_may_come_after_a_yes(clinic, nurse, amina, room):
    room.check(amina.visits.get())
    agree(nurse, clinic, amina)
    page = nurse.get(clinic.url("person", amina.public_id)).content.decode()
    assert "?again=1&amp;vaccine=6IN1&amp;vaccine=MMRV" in page
    again = clinic.url("consent-and-health", amina.public_id) + "?again=1&vaccine=6IN1&vaccine=MMRV"
    nurse.post(again, {"decides": "disagreed", "name_disagreed": "Omar Khan", "said": "Father says no"})
    assert give(nurse, clinic, amina).status_code == 409


def test_nobody_is_asked_whether_others_disagree_about_somebody_of_16(clinic, nurse, desk):
    book(clinic.session, child("Ann", "Lee", date(2009, 1, 1)))
    [ann] = arrive_all(desk, clinic)
    assert 'value="disagreed"' not in nurse.get(clinic.url("person", ann.public_id)).content.decode()


def test_one_consent_pressed_twice_is_one(clinic, nurse, tom):
    for _press in range(2):
        assert alone(nurse, clinic, tom, private_gillick="on").status_code == 302
    assert (Consent.objects.count(), Screening.objects.count()) == (1, 1)


# Asked again, and what is carried


@pytest.mark.once
def test_another_vaccine_is_asked_about_again_and_says_why(clinic, nurse, amina, room):
    visit = amina.visits.get()
    room.check(visit, *[("6IN1", day) for day in ("2023-05-22", "2023-06-19", "2023-07-17", "2024-04-02")])
    room.consent(visit, "MMR")
    room.screen(visit, vaccines=["MMR"])
    page = words(nurse.get(clinic.url("person", amina.public_id)))
    assert "Sara Khan agreed to MMR. It is MMRV now, so ask again." in page
    assert "Who agrees to MMRV?" in page
    assert agree(nurse, clinic, amina).url == clinic.url("give-dose", amina.public_id, "MEASLES")


@pytest.mark.once
def test_one_more_dose_is_asked_about_again_and_says_why(clinic, nurse, amina, room):
    visit = amina.visits.get()
    room.check(visit)
    agree(nurse, clinic, amina)
    room.check(visit, ("6IN1", "2023-05-22"), source="chis")
    page = words(nurse.get(clinic.url("person", amina.public_id)))
    assert "Sara Khan agreed to dose 1 of 6-in-1. It is dose 2 now, so ask again." in page
    assert "Who agrees to 6-in-1?" in page and "Ask each health question" not in page
    give(nurse, clinic, amina)
    assert agree(nurse, clinic, amina).url == clinic.url("give-dose", amina.public_id, "6IN1")
    assert give(nurse, clinic, amina, "6IN1").status_code == 302


def test_a_second_vaccine_is_asked_about_by_itself_and_only_being_well_is_carried(clinic, nurse, amina, room):
    visit = amina.visits.get()
    room.check(visit)
    room.consent(visit)
    room.screen(visit, {"bleeding": []}, vaccines=["MMRV"])
    page = words(nurse.get(clinic.url("person", amina.public_id)))
    assert "Ask each health question for 6-in-1" in page and "Who agrees" not in page
    assert "Confirmed at 10am and still true: well today." in page
    assert "no to every question, knows which vaccine and agrees" in page
    assert "A TB test, or a chickenpox" not in page and "Yes: A bleeding disorder" in page
    nurse.post(clinic.url("consent-and-health", amina.public_id), {"health": "ok"})
    second = Screening.objects.last()
    assert (second.vaccines, second.well_today, second.identity_confirmed_by) == (
        ["6IN1"],
        True,
        "Sara Khan (mother)",
    )
    assert set(second.answers) == {
        "bleeding",
        "blood_thinners",
        "vaccine_reaction",
        "neomycin",
        "conditions",
        "support",
    }


def test_somebody_who_became_unwell_is_not_carried_as_well(clinic, nurse, amina, room):
    visit = amina.visits.get()
    room.check(visit)
    room.consent(visit)
    room.screen(visit, vaccines=["MMRV"])
    nurse.post(clinic.url("consent-and-health", amina.public_id), {"health": "yes", "yes": ["unwell"]})
    assert not Screening.objects.last().well_today


@pytest.mark.once
def test_an_answer_that_was_a_slip_is_asked_again_and_no_longer_stops_the_dose(clinic, nurse, tom):
    # His sex is on no record, so he was asked, and the wrong box was ticked.
    alone(nurse, clinic, tom, health="yes", yes=["pregnant"])
    page = nurse.get(clinic.url("person", tom.public_id))
    assert "Do not give" in words(page)
    again = next(each for each in links_of(page) if "screen=" in each)
    form = asked_on(nurse, again)
    # Nothing is ticked beforehand, and consent that was given is not asked for once more.
    assert "health" in form.offered and "decides" not in form.names() and "health" not in form.values
    to_dose = nurse.post(again, {**form.values, "health": "ok"})
    assert to_dose.url == clinic.url("give-dose", tom.public_id, "MEASLES")
    give(nurse, clinic, tom, batch=str(clinic.mmr.public_id))
    assert Vaccination.objects.get().screening == Screening.objects.latest("pk")
    assert list(Screening.objects.order_by("pk").values_list("not_pregnant", flat=True)) == [False, True]


def test_the_questions_are_not_asked_again_for_what_was_given(clinic, nurse, amina, room):
    room.check(amina.visits.get())
    agree(nurse, clinic, amina)
    page = nurse.get(clinic.url("person", amina.public_id))
    [again] = [each for each in links_of(page) if "screen=" in each]
    assert "screen=6IN1" in again and "screen=MMRV" in again
    give(nurse, clinic, amina)
    page = nurse.get(clinic.url("person", amina.public_id))
    assert [each.partition("?")[2] for each in links_of(page) if "screen=" in each] == ["screen=6IN1"]
    give(nurse, clinic, amina, "6IN1")
    assert not [each for each in links_of(nurse.get(clinic.url("person", amina.public_id))) if "screen=" in each]


def test_everything_due_together_is_one_page_and_one_confirmation(clinic, nurse, amina, room):
    room.check(amina.visits.get())
    page = words(nurse.get(clinic.url("person", amina.public_id)))
    assert "Ask each health question for MMRV and 6-in-1" in page or "for 6-in-1 and MMRV" in page
    agree(nurse, clinic, amina)
    give(nurse, clinic, amina)
    # The second vaccine: its button, the site, save.
    assert "Give 6-in-1" in words(nurse.get(clinic.url("person", amina.public_id)))
    assert nurse.get(clinic.url("give-dose", amina.public_id, "6IN1")).status_code == 200
    assert give(nurse, clinic, amina, "6IN1").status_code == 302
    assert Consent.objects.count() == Screening.objects.count() == 1


@pytest.mark.strict
@pytest.mark.parametrize(
    "wrong",
    [
        {"decides": "gillick", "gillick_knows_disease": "\x00"},
        {"decides": "gillick", "gillick_knows_disease": "maybe"},
        {"decides": "parent_phone", "phone": "☎" * 5000},
        {"decides": "parent_phone", "heard_by": "\x00", "phone": "07700 900456"},
        {"decides": "disagreed", "name_disagreed": "A", "said": "x" * 501},
        {"decides": "disagreed", "name_disagreed": "A", "said": "a\x00b"},
        {"decides": "own"},
    ],
)
def test_what_cannot_be_right_is_asked_again(clinic, nurse, tom, wrong):
    page = agree(nurse, clinic, tom, **wrong)
    assert page.status_code == 422 and "There is a problem" in words(page)
    assert not Consent.objects.exists()


# Parents are not to be told


def private(nurse: Client, clinic: Clinic, tom: Person) -> None:
    """Tom is vaccinated and asks that his parents are not told."""
    alone(nurse, clinic, tom, private_gillick="on")
    give(nurse, clinic, tom, batch=str(clinic.mmr.public_id))


@pytest.mark.once
def test_staff_are_told_on_the_page_after_the_dose_and_in_one_word_on_the_list(clinic, nurse, desk, tom):
    alone(nurse, clinic, tom, private_gillick="on")
    assert "Tom asked that parents are not told. Tell the GP practice" in words(
        nurse.get(clinic.url("person", tom.public_id))
    )
    saved = give(nurse, clinic, tom, batch=str(clinic.mmr.public_id))
    assert Vaccination.objects.get().parents_not_told
    assert "Tell the GP practice. Parents are not to be told." in words(nurse.get(saved.url))
    row = words(desk.get(clinic.url("clinic-day-session"))).split("KHAN, Tom", 1)[1][:80]
    assert "Private" in row and "MMR" not in row


@pytest.mark.once
def test_his_sisters_page_does_not_show_the_family_what_came_of_his_visit(clinic, nurse, desk, room):
    book(clinic.session, child("Tom", "Khan", date(2011, 9, 2)), child("Amina"))
    tom, amina = arrive_all(desk, clinic)
    room.check(tom.visits.get(), ("MMR", "2013-01-01"))
    before = words(nurse.get(clinic.url("person", amina.public_id))).split("Booked together")[1]
    assert "Arrived" in before
    private(nurse, clinic, tom)
    after = words(nurse.get(clinic.url("person", amina.public_id))).split("Booked together")[1]
    assert "KHAN, Tom" in after and "accinated" not in after.split("Add a brother")[0]


def test_the_list_takes_no_more_queries_for_more_who_are_private(clinic, nurse, desk, room):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            nurse.get(clinic.url("clinic-day-session"))
        return len(found)

    counts = []
    for number in range(3):
        book(clinic.session, child(f"Tom{number}", "Khan", date(2011, 9, 2)))
        arrive_all(desk, clinic)
        person = Person.objects.get(first_name=f"Tom{number}")
        alone(nurse, clinic, person, private_gillick="on")
        counts.append(queries())
    assert counts[1] == counts[2]


def test_the_wish_is_seen_at_the_next_clinic_too(clinic, nurse, tom, this_morning):
    private(nurse, clinic, tom)
    later = make_session(clinic.team, date=clinic.session.date + timedelta(days=28), periods=[(time(10), time(12), 1)])
    this_morning.move_to(MORNING + timedelta(days=28))
    page = words(signed_in(clinic.nurse).get(reverse("person", args=[later.public_id, tom.public_id])))
    assert "Private" in page and "parents are not to be told" in page


def test_asked_again_the_wish_stands_until_it_is_taken_back(clinic, nurse, tom):
    alone(nurse, clinic, tom, private_gillick="on")
    again = next(each for each in links_of(nurse.get(clinic.url("person", tom.public_id))) if "again=1" in each)
    form = asked_on(nurse, again)
    said = {**form.values, "decides": "gillick", **FIVE}
    assert said["private_gillick"] == "on" and set(form.values).isdisjoint({"decides", *FIVE})
    del said["private_gillick"]
    nurse.post(again, said)
    assert list(Consent.objects.order_by("pk").values_list("parents_not_told", flat=True)) == [True, False]


@pytest.mark.once
def test_from_18_the_question_is_not_asked(clinic, nurse, desk):
    book(clinic.session, child("Ann", "Lee", date(2009, 1, 1)), child("Grace", "Lee", date(1995, 5, 1)))
    ann, grace = arrive_all(desk, clinic)
    assert 'name="private_own"' in nurse.get(clinic.url("person", ann.public_id)).content.decode()
    assert "private_own" not in nurse.get(clinic.url("person", grace.public_id)).content.decode()
    agree(nurse, clinic, ann, decides="own", private_own="on")
    assert Consent.objects.get().parents_not_told


# A page that was open while something changed


def test_answers_to_questions_that_have_changed_meanwhile_are_not_taken(clinic, nurse, amina, room):
    visit = amina.visits.get()
    url = clinic.url("consent-and-health", amina.public_id)
    shown = {"asked_about": nurse.get(url).context["form"].asked_about}
    # A colleague finds three doses of the 6-in-1 and one measles dose: something else is due now.
    room.check(visit, *[("6IN1", day) for day in ("2023-05-22", "2023-06-19", "2023-07-17")], ("MMRV", "2024-04-02"))
    refused = agree(nurse, clinic, amina, **shown)
    assert refused.status_code == 422 and "What is to be asked has changed" in words(refused)
    assert not Consent.objects.exists() and not Screening.objects.exists()
    # The page that came back asks what is asked now.
    now = {"asked_about": refused.context["form"].asked_about}
    assert now != shown and f'value="{now["asked_about"]}"' in refused.content.decode()
    assert agree(nurse, clinic, amina, **now).status_code == 302
    assert "6IN1" not in {code for consent in Consent.objects.all() for code in consent.vaccines} or (
        Consent.objects.get().dose_numbers["6IN1"] == 4
    )


def test_the_page_as_it_is_shown_is_taken_and_pressed_twice_it_is_one(clinic, nurse, amina):
    url = clinic.url("consent-and-health", amina.public_id)
    shown = {"asked_about": nurse.get(url).context["form"].asked_about}
    for _press in range(2):
        assert agree(nurse, clinic, amina, **shown).status_code == 302
    assert (Consent.objects.count(), Screening.objects.count()) == (1, 1)


def test_the_sheet_for_a_private_young_person_says_nothing_on_paper_that_tells_on_them(clinic, nurse, tom):
    private(nurse, clinic, tom)
    html = nurse.get(clinic.url("record-of-today", tom.public_id)).content.decode()
    printed, not_printed = html.split('<div class="app-noprint">', 1)
    assert "Hand it to nobody else" in not_printed.split("</h1>")[0] and "parents are not told" not in printed
    assert "red book" not in html and "Keep it where you choose" in html


def test_the_sheet_is_private_too_where_nothing_was_given_in_the_end(clinic, nurse, tom):
    alone(nurse, clinic, tom, private_gillick="on")
    page = words(nurse.get(clinic.url("record-of-today", tom.public_id)))
    assert "Hand it to nobody else" in page and "red book" not in page
    nurse.post(clinic.url("not-given", tom.public_id), {"series": "MEASLES", "reason": "unwell"})
    page = words(nurse.get(clinic.url("record-of-today", tom.public_id)))
    assert "unwell today" in page and "Hand it to nobody else" in page and "red book" not in page
