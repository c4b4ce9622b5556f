"""Bookings and people in the admin: looked up by what may stand in an address, every look written down."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import Max
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, RecordView, Role
from bookings.models import Appointment
from bookings.references import shown_reference
from immunisations.actions import correct_vaccination
from immunisations.models import Person
from messaging.models import Message
from tests.integration.walk.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world("Quokka")


@pytest.fixture
def coordinator(world) -> Client:
    client = Client()
    client.force_login(world.users[Role.COORDINATOR])
    return client


def person_page(person: Person) -> str:
    return reverse("admin:immunisations_person_change", args=[person.public_id])


def form_of(person: Person, **answers: str) -> dict[str, str]:
    data = {
        "address": "",
        "postcode": "",
        "gp_registration": "unknown",
        "practice": "",
        "phone": "",
        "language": "",
        "note": "",
    }
    for name in ("vaccinations", "record_checks", "visits", "identifiers"):
        data |= {f"{name}-TOTAL_FORMS": "0", f"{name}-INITIAL_FORMS": "0"}
    return data | answers


def test_every_look_at_a_person_is_written_down(world, coordinator):
    before = RecordView.objects.count()
    user = world.users[Role.COORDINATOR]
    for name, row in (
        ("immunisations_person", world.person),
        ("immunisations_vaccination", world.vaccination),
        ("immunisations_recordcheck", world.check),
        ("immunisations_recordsent", world.sent),
        ("immunisations_dosejudgement", world.judgement),
    ):
        for page in ("change", "history"):
            assert coordinator.get(reverse(f"admin:{name}_{page}", args=[row.public_id])).status_code == 200
            before += 1
            assert RecordView.objects.count() == before, (name, page)
    view = RecordView.objects.order_by("id").last()
    assert (view.user_id, view.person_id, view.team_id) == (user.pk, world.person.public_id, world.team.pk)
    world.appointment.person = world.person
    world.appointment.save()
    coordinator.get(reverse("admin:bookings_booking_change", args=[world.booking.public_id]))
    assert RecordView.objects.count() == before + 1
    assert coordinator.get(reverse("admin:bookings_booking_change", args=[world.person.public_id])).status_code == 404
    assert RecordView.objects.count() == before + 1


def last_view() -> int:
    return RecordView.objects.aggregate(last=Max("pk"))["last"] or 0


def test_a_list_writes_down_everybody_whose_record_it_shows_in_one_query(world, coordinator):
    twin = Person.objects.create(
        team=world.team,
        first_name="Twin",
        date_of_birth=date(2020, 1, 1),
        created_at=world.person.created_at,
    )
    elsewhere = make_world("Wombat")
    everybody = set(Person.objects.filter(team=world.team).values_list("public_id", flat=True))
    assert twin.public_id in everybody and elsewhere.person.public_id not in everybody
    for name, shown in (
        ("immunisations_person", everybody),
        ("immunisations_vaccination", {world.person.public_id}),
        ("immunisations_recordcheck", {world.person.public_id}),
        ("immunisations_recordsent", {world.person.public_id}),
        ("immunisations_dosejudgement", {world.person.public_id}),
    ):
        before = last_view()
        with CaptureQueriesContext(connection) as queries:
            assert coordinator.get(reverse(f"admin:{name}_changelist")).status_code == 200
        assert sum("INSERT INTO" in query["sql"] for query in queries) == 1
        views = RecordView.objects.filter(pk__gt=before)
        assert {view.person_id for view in views} == shown and len(views) == len(shown), name
        assert {(view.user_id, view.team_id) for view in views} == {(world.users[Role.COORDINATOR].pk, world.team.pk)}
    before = last_view()
    coordinator.get(reverse("admin:immunisations_person_changelist"), {"q": str(twin.public_id)})
    assert RecordView.objects.get(pk__gt=before).person_id == twin.public_id, "only the rows shown"


def test_a_person_is_found_by_public_id_and_never_by_a_name_in_the_address(world, coordinator):
    url = reverse("admin:immunisations_person_changelist")
    found = coordinator.get(url, {"q": str(world.person.public_id)}).context["cl"].result_list
    assert list(found) == [world.person]
    assert not coordinator.get(url, {"q": "Quokka"}).context["cl"].result_list


def test_a_booking_is_found_by_its_reference_however_it_is_written(world, coordinator):
    url = reverse("admin:bookings_booking_changelist")
    for typed in (world.booking.reference, shown_reference(world.booking.reference).lower()):
        assert list(coordinator.get(url, {"q": typed}).context["cl"].result_list) == [world.booking]
    assert not coordinator.get(url, {"q": "Sara"}).context["cl"].result_list


def test_everybody_who_had_a_batch_is_found_by_its_number(world, coordinator):
    url = reverse("admin:immunisations_vaccination_changelist")
    found = coordinator.get(url, {"q": world.batch.number.lower()}).context["cl"].result_list
    assert list(found) == [world.vaccination]


def test_a_dose_moved_to_somebody_who_was_not_asked_says_that_consent_is_missing(world, coordinator):
    dose = world.vaccination
    other = Person.objects.create(
        team=dose.person.team, first_name="Zora", date_of_birth=date(2021, 1, 1), created_at=dose.recorded_at
    )
    moved = correct_vaccination(
        vaccination=dose, reason="Wrong child", by=dose.recorded_by, at=dose.recorded_at, move_to=other
    )
    said = "No consent on record: moved from another person’s record"
    for row, says in ((moved, True), (dose, False)):
        page = coordinator.get(reverse("admin:immunisations_vaccination_change", args=[row.public_id]))
        assert page.status_code == 200 and (said in page.content.decode()) is says


def test_how_to_reach_somebody_is_changed_with_an_audit_and_who_they_are_is_not(world, coordinator):
    url = person_page(world.person)
    data = form_of(
        world.person, phone="07700 900982", postcode="wr112aa", first_name="Changed", nhs_number="9990000018"
    )
    response = coordinator.post(url, data)
    assert response.status_code == 302, response.context["errors"]
    world.person.refresh_from_db()
    assert world.person.phone == "+447700900982" and world.person.postcode == "WR11 2AA"
    assert world.person.first_name == "Bilal" and not world.person.nhs_number
    (event,) = AuditEvent.objects.filter(action="change_person")
    assert event.source == "admin" and event.after["postcode"] == "WR11 2AA"
    assert event.person_id == world.person.public_id
    wrong = coordinator.post(url, form_of(world.person, phone="nonsense", note="x" * 5000))
    assert wrong.status_code == 422 and wrong.context["errors"]


def test_a_person_joined_into_another_is_only_looked_at(world, coordinator):
    other = Person.objects.create(
        team=world.team,
        first_name="Twice",
        date_of_birth=date(2020, 1, 1),
        created_at=world.person.created_at,
        merged_into=world.person,
    )
    page = coordinator.get(person_page(other))
    assert "View " in page.context["title"] and str(world.person.public_id) in page.content.decode()
    assert coordinator.post(person_page(other), form_of(other)).status_code == 403


def test_the_page_of_a_person_needs_the_same_few_queries_however_long_the_record(
    world, coordinator, django_assert_max_num_queries
):
    with django_assert_max_num_queries(22):
        page = coordinator.get(person_page(world.person)).content.decode()
    assert "Given" in page and "One MMR, says Quokka" in page


def test_cancelling_bookings_counts_the_people_and_frees_their_places(world, coordinator):
    url = reverse("admin:bookings_booking_changelist")
    data = {"action": "cancel", "_selected_action": world.booking.pk}
    asked = coordinator.post(url, data)
    assert "1 person is booked." in asked.content.decode()
    Appointment.objects.update(starts_at=Appointment.objects.get().starts_at.replace(year=2099))
    done = coordinator.post(url, data | {"confirmed": "yes"}, follow=True)
    assert "is cancelled" in done.content.decode()
    assert Appointment.objects.get().state == "cancelled"
    again = coordinator.post(url, data | {"confirmed": "yes"}, follow=True)
    assert again.status_code == 200 and "is cancelled." not in again.content.decode()


def test_a_contact_is_put_right_with_an_audit(world, coordinator):
    url = reverse("admin:bookings_booking_change", args=[world.booking.public_id])
    data = {
        "contact_name": "Sarah Quokka",
        "relationship": "Mother",
        "phone": "+447700900982",
        "email": "sara@example.com",
        "appointments-TOTAL_FORMS": "0",
        "appointments-INITIAL_FORMS": "0",
        "reference": "HACKED",
    }
    assert coordinator.post(url, data).status_code == 302
    world.booking.refresh_from_db()
    assert world.booking.contact_name == "Sarah Quokka" and world.booking.reference != "HACKED"
    event = AuditEvent.objects.get(action="change booking")
    assert event.before == {"contact_name": "Sara Quokka"} and event.after == {"contact_name": "Sarah Quokka"}


def test_a_contact_that_is_put_right_is_told_and_so_is_the_address_they_had(world, coordinator):
    url = reverse("admin:bookings_booking_change", args=[world.booking.public_id])
    data = {
        "contact_name": world.booking.contact_name,
        "phone": "07700 900 983",
        "email": "new@example.com",
        "appointments-TOTAL_FORMS": "0",
        "appointments-INITIAL_FORMS": "0",
    }
    assert "Enter a UK phone" in coordinator.post(url, data | {"phone": "12"}).content.decode()
    assert coordinator.post(url, data | {"relationship": "Father"}).status_code == 302
    world.booking.refresh_from_db()
    assert (world.booking.phone, world.booking.email) == ("+447700900983", "new@example.com")
    assert sorted(world.booking.replaced_addresses.values_list("address", flat=True)) == [
        "+447700900982",
        "sara@example.com",
    ]
    assert Message.objects.filter(purpose="contact_replaced").count() == 2
    events = AuditEvent.objects.filter(action__in=["change_contact", "change booking"]).order_by("id")
    assert [(event.source, sorted(event.after)) for event in events] == [
        ("admin", ["changed"]),
        ("admin", ["relationship"]),
    ]
    assert "example.com" not in str([(event.before, event.after) for event in events])


def test_a_stuck_message_is_settled_with_a_reason_and_another_is_left_alone(world, coordinator):
    url = reverse("admin:messaging_message_changelist")
    data = {"action": "again", "_selected_action": world.message.pk, "confirmed": "yes", "reason": "Phoned them"}
    page = coordinator.post(url, data, follow=True).content.decode()
    assert "waits to be sent again" not in page
    Message.objects.filter(pk=world.message.pk).update(state="unknown")
    assert "Enter how you know" in coordinator.post(url, data | {"reason": ""}, follow=True).content.decode()
    assert "waits to be sent again" in coordinator.post(url, data, follow=True).content.decode()
    world.message.refresh_from_db()
    assert world.message.state == "waiting"


def test_what_was_sent_and_what_was_decided_about_two_entries_can_be_read_and_nothing_else(world, coordinator):
    for name, row, told in (
        ("immunisations_recordsent", world.sent, ["Quokka", "MMR", "CHIS", str(world.users[Role.SENIOR_NURSE])]),
        (
            "immunisations_dosejudgement",
            world.judgement,
            ["Quokka", "MMR 1 March 2022; MMR 4 March 2022", "Two doses", "Two stamps, says Quokka"],
        ),
    ):
        url = reverse(f"admin:{name}_change", args=[row.public_id])
        page = coordinator.get(url).content.decode()
        assert not [words for words in told if words not in page], name
        assert 'name="_save"' not in page
        assert coordinator.post(url, {"reason": "Another"}).status_code == 403
        listed = coordinator.get(reverse(f"admin:{name}_changelist"), {"q": str(row.public_id)})
        assert list(listed.context["cl"].result_list) == [row]
