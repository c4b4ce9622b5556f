"""A clinic's wrong batch put right on all its records together: all of them, or none."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Role
from clinics.models import Batch
from immunisations import actions
from immunisations.models import Person, Vaccination, Visit
from tests.integration.clinic_day.conftest import signed_in, words
from tests.support.factories import make_batch, make_user
from tests.support.records import AT, make_room

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=30)


@pytest.fixture
def room(this_morning):
    this_morning.move_to(LATER)
    return make_room()


@pytest.fixture
def senior(room):
    return signed_in(room.senior)


@pytest.fixture
def right(room):
    return make_batch(room.team, "priorix-tetra", number="TET9")


@pytest.fixture
def doses(room):
    return [room.give(room.ready(room.person(name))) for name in ("Amina", "Bilal", "Chloe")]


def url(name, room, batch=None):
    return reverse(name, args=[room.session.public_id, *([batch.public_id] if batch else [])])


def asks(client, room, rows, **answers):
    sent = {
        "client_uuid": str(uuid.uuid4()),
        "reason": "The fridge list was wrong",
        "record": [str(row.public_id) for row in rows],
        **answers,
    }
    return client.post(url("batch-correct-which", room, room.mmrv), sent)


def shown(client, room):
    """The check page, and what its form sends."""
    page = client.get(url("batch-correct-check", room, room.mmrv))
    assert page.status_code == 200, page
    sent = {
        "client_uuid": page.context["form"].cleaned_data["client_uuid"],
        "record": [str(old.public_id) for old, _new in page.context["pairs"]],
    }
    return page, sent


@pytest.mark.once
def test_the_batches_of_the_clinic_are_shown_with_how_often_they_stand_there(room, senior, doses):
    page = words(senior.get(url("batch-correct", room)))
    assert "Priorix-Tetra (MMRV), TET1 On 3 records." in page and "PRX1" not in page


@pytest.mark.once
def test_every_record_of_the_batch_is_ticked_until_somebody_unticks_it(room, senior, doses):
    page = senior.get(url("batch-correct-which", room, room.mmrv)).content.decode()
    assert page.count('name="record"') == 3 and page.count(" checked>") == 3


def test_a_clinics_wrong_batch_is_put_right_but_for_the_exceptions(room, senior, doses, right):
    assert asks(senior, room, doses[:2], batch=str(right.public_id)).status_code == 302
    page, sent = shown(senior, room)
    assert "KHAN, Amina Recorded Priorix-Tetra TET1, 30 June 2027 Corrected Priorix-Tetra TET9" in words(page)
    assert Vaccination.objects.count() == 3
    done = senior.post(page.wsgi_request.path, sent)
    assert done.status_code == 302 and "2 records were corrected." in words(senior.get(done.url))
    standing = Vaccination.objects.current().order_by("person__first_name")
    assert [row.batch_number for row in standing] == ["TET9", "TET9", "TET1"]
    assert [row.replaces for row in standing] == [doses[0], doses[1], None]
    event = AuditEvent.objects.get(action="correct_batch")
    assert (event.before["batch"], event.after["batch"], event.reason) == ("TET1", "TET9", "The fridge list was wrong")
    assert event.before["vaccinations"] == [str(row.public_id) for row in doses[:2]]
    assert sorted(event.after["people"]) == sorted(str(row.person.public_id) for row in doses[:2])


def test_it_is_pressed_twice_and_done_once(room, senior, doses, right):
    asks(senior, room, doses, batch=str(right.public_id))
    page, sent = shown(senior, room)
    for _press in range(2):
        assert senior.post(page.wsgi_request.path, sent).status_code == 302
    assert Vaccination.objects.count() == 6 and AuditEvent.objects.filter(action="correct_batch").count() == 1


def test_where_one_was_corrected_meanwhile_nothing_is_half_done_and_it_is_told(room, senior, doses, right):
    asks(senior, room, doses, batch=str(right.public_id))
    page, sent = shown(senior, room)
    actions.correct_vaccination(
        vaccination=doses[1], changes={"body_site": "right_arm"}, reason="Side", by=room.senior, at=LATER
    )
    done = senior.post(page.wsgi_request.path, sent)
    again = senior.get(done.url)
    assert "1 of these records was corrected meanwhile. Nothing was changed." in words(again)
    assert Vaccination.objects.current().filter(batch=right).count() == 0
    # What was ticked and typed is still there; the row as it stands now is not ticked by anybody.
    html = again.content.decode()
    assert html.count('name="record"') == 3 and html.count(" checked>") == 2 and "The fridge list was wrong" in html


@pytest.mark.once
def test_another_product_of_the_course_is_possible_and_what_speaks_against_it_is_counted(room, senior, doses):
    for dose in doses:
        assert dose.consent is not None
    proquad = make_batch(room.team, "proquad", number="PQ1")
    asks(senior, room, doses, batch=str(proquad.public_id))
    page, sent = shown(senior, room)
    assert "ProQuad contains gelatine from pigs. (3 records)" in words(page)
    senior.post(page.wsgi_request.path, sent)
    assert set(Vaccination.objects.current().values_list("product_name", flat=True)) == {"ProQuad"}


def test_a_batch_nobody_knew_yet_is_added_in_place(room, senior, doses):
    asks(
        senior,
        room,
        doses,
        batch="another",
        new_product="priorix-tetra",
        new_number="new7",
        new_expires_on_day="1",
        new_expires_on_month="6",
        new_expires_on_year="2027",
    )
    page, sent = shown(senior, room)
    assert not Batch.objects.filter(number="NEW7").exists()
    senior.post(page.wsgi_request.path, sent)
    assert Vaccination.objects.current().filter(batch__number="NEW7").count() == 3


@pytest.mark.strict
@pytest.mark.parametrize(
    "wrong",
    [
        {"batch": ""},
        {"reason": ""},
        {"reason": "\x00"},
        {"reason": "x" * 301},
        {"record": []},
        {"batch": "another"},
        {"batch": "00000000-0000-0000-0000-000000000000"},
    ],
)
def test_a_mistake_is_shown_again_with_what_was_ticked(room, senior, doses, right, wrong):
    page = asks(senior, room, doses[:1], **{"batch": str(right.public_id), **wrong})
    assert page.status_code == 422 and "There is a problem" in words(page)
    assert page.content.decode().count(" checked>") >= (0 if "record" in wrong else 1)


def test_a_batch_of_another_vaccine_or_past_its_expiry_is_not_offered(room, senior, doses):
    expired = make_batch(room.team, "priorix-tetra", number="OLD1", expires_on=AT.date() - timedelta(days=1))
    page = words(senior.get(url("batch-correct-which", room, room.mmrv)))
    assert "OLD1" not in page and "HEX1" not in page and "PRX1" in page
    for batch in (expired, room.six):
        assert asks(senior, room, doses, batch=str(batch.public_id)).status_code == 422


@pytest.mark.strict
def test_ids_that_are_none_are_not_there(room, senior, doses, right):
    assert asks(senior, room, [], batch=str(right.public_id), record=["\x00"]).status_code == 404


@pytest.mark.once
def test_a_check_page_without_answers_leads_back(room, senior, doses, right):
    check = url("batch-correct-check", room, room.mmrv)
    assert senior.get(check).url == senior.post(check, {}).url == url("batch-correct-which", room, room.mmrv)
    asks(senior, room, doses, batch=str(right.public_id))
    done = senior.post(check, {"client_uuid": str(uuid.uuid4()), "record": [str(doses[0].public_id)]})
    assert done.url == check and Vaccination.objects.count() == 3


@pytest.mark.once
def test_a_batch_that_stands_on_no_record_leads_back_to_the_choice(room, senior, doses):
    assert senior.get(url("batch-correct-which", room, room.mmr)).url == url("batch-correct", room)


def test_only_a_senior_nurse_may(room, doses):
    for role in (Role.VACCINATOR, Role.COORDINATOR, Role.DESK):
        client = signed_in(make_user(room.team, role))
        assert client.get(url("batch-correct", room)).status_code == 403
        assert client.get(url("batch-correct-which", room, room.mmrv)).status_code == 403
    stranger = signed_in(make_user(make_room().team, Role.SENIOR_NURSE))
    assert stranger.get(url("batch-correct", room)).status_code == 404


def many(room, dose, count):
    """Add as many records like one, as fast as rows can be written."""
    people = Person.objects.bulk_create(
        Person(
            team=room.team,
            created_at=AT,
            first_name=f"Child{number}",
            last_name="Many",
            date_of_birth=dose.person.date_of_birth,
        )
        for number in range(count)
    )
    visits = Visit.objects.bulk_create(
        Visit(session=room.session, person=person, how="walk_in", arrived_at=AT) for person in people
    )
    own = {"id", "public_id", "client_uuid", "person", "visit"}
    facts = {field.name: getattr(dose, field.name) for field in dose._meta.concrete_fields if field.name not in own}
    return Vaccination.objects.bulk_create(
        Vaccination(**facts, person=person, visit=visit) for person, visit in zip(people, visits, strict=True)
    )


def test_three_hundred_records_are_put_right_in_few_queries(room, doses, right, django_assert_max_num_queries):
    rows = [*doses, *many(room, doses[0], 297)]
    # SQLite takes so many values at once: fewer than a third of a query for each record, statuses included.
    with django_assert_max_num_queries(90):
        made = actions.correct_batch(
            session=room.session,
            wrong=room.mmrv,
            right=right,
            vaccinations=[row.public_id for row in rows],
            reason="The fridge list was wrong",
            by=room.senior,
            at=timezone.now(),
            client_uuid=uuid.uuid4(),
        )
    assert len(made) == 300 and Vaccination.objects.given().filter(batch=right).count() == 300


@pytest.mark.once
def test_the_pages_of_three_hundred_records_ask_no_more_questions(
    room, senior, doses, right, django_assert_max_num_queries
):
    rows = [*doses, *many(room, doses[0], 297)]
    asks(senior, room, rows, batch=str(right.public_id))
    for name in ("batch-correct-which", "batch-correct-check"):
        with django_assert_max_num_queries(25):
            assert senior.get(url(name, room, room.mmrv)).status_code == 200
