"""What families did from home, in the admin: answers to those who may read them, nothing secret, one's own team's."""

import hashlib
from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, RecordView, Role
from bookings.models import OpeningAlert, WaitingListEntry, WaitingListOffer
from bookings.references import shown_reference
from tests.integration.walk.world import World, make_world
from tests.support.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SECRETS = ("token", "token_hash", "link_token_hash", "recipient_hash", "holder", "submission_id", "password")


@pytest.fixture
def world() -> World:
    return make_world("Quokka")


@pytest.fixture
def coordinator(world) -> Client:
    client = Client()
    client.force_login(world.users[Role.COORDINATOR])
    return client


@pytest.fixture
def superuser() -> Client:
    client = Client()
    client.force_login(make_user(None, username="root", is_superuser=True))
    return client


def page_of(name: str, row: object) -> str:
    return reverse(f"admin:{name}_change", args=[row])


def list_of(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


def test_health_answers_are_read_by_those_who_may_alone_and_every_look_is_written_down(world, coordinator, superuser):
    answers = world.appointment.health_answers.get()
    address = page_of("bookings_healthanswers", answers.public_id)
    for client, reads in ((coordinator, False), (superuser, True)):
        before = RecordView.objects.count()
        listed = client.get(list_of("bookings_healthanswers")).content.decode()
        page = client.get(address).content.decode()
        assert "inhaler" not in listed and "QUOKKA, Amina" in listed
        assert ("An inhaler, says Quokka" in page) is reads
        assert ("Agrees to the vaccination" in page) is reads
        assert ("on the person’s page of the clinic day" in page) is not reads
        looks = RecordView.objects.order_by("id")[before:]
        assert [(look.person_id, look.team_id) for look in looks] == [(world.appointment.public_id, world.team.pk)] * 2
    world.appointment.person = world.person
    world.appointment.save()
    coordinator.get(address)
    assert RecordView.objects.latest("id").person_id == world.person.public_id


def test_no_page_shows_what_opens_a_door_or_stands_for_an_address(world, superuser):
    seen = 0
    for model, page in admin.site._registry.items():
        row = model._default_manager.order_by("pk").first()
        for address in (page.address_of(row), list_of(f"{page.opts.app_label}_{page.opts.model_name}")):
            text = superuser.get(address).content.decode()
            for name in SECRETS:
                value = str(getattr(row, name, "") or "")
                seen += bool(value)
                assert not value or value not in text, f"{name} on {address}"
    assert seen > 10, "there are secrets to look for, or this would show nothing"


def test_a_wait_is_found_by_the_reference_of_its_booking_and_by_what_is_asked_of_it(world, coordinator):
    entry = world.team.waiting_list.get()
    listed = list_of("bookings_waitinglistentry")
    for query, found in (
        ({"q": str(entry.public_id)}, 1),
        ({"q": "Quokka"}, 0),
        ({"q": shown_reference(world.booking.reference)}, 0),
        ({"is": "waiting"}, 1),
        ({"is": "no_time"}, 1),
        ({"is": "earlier"}, 0),
        ({"is": "not_offered"}, 0),
        ({"at": str(world.venue.public_id)}, 1),
    ):
        assert len(coordinator.get(listed, query).context["cl"].result_list) == found, query
    WaitingListEntry.objects.update(booking=world.booking)
    found = coordinator.get(listed, {"q": shown_reference(world.booking.reference)})
    assert list(found.context["cl"].result_list) == [entry]
    page = coordinator.get(page_of("bookings_waitinglistentry", entry.public_id)).content.decode()
    assert "Dina Quokka" in page and "Saturday" in page and "Morning" in page and "Declined" in page


def test_a_family_is_taken_off_the_list_with_a_page_to_confirm(world, coordinator):
    entry = world.team.waiting_list.get()
    chosen = {"action": "stop", "_selected_action": entry.pk}
    listed = list_of("bookings_waitinglistentry")
    assert "Take these families off" in coordinator.post(listed, chosen).content.decode()
    assert (
        "is off the waiting list"
        in coordinator.post(listed, {**chosen, "confirmed": "1"}, follow=True).content.decode()
    )
    entry.refresh_from_db()
    assert (entry.state, entry.people, entry.contact) == ("stopped", [], {})
    assert AuditEvent.objects.get(action="stop_waiting").source == "admin"
    page = coordinator.get(page_of("bookings_waitinglistentry", entry.public_id))
    assert page.status_code == 200 and "Dina" not in page.content.decode()


def test_whoever_was_told_of_no_clinic_yet_is_a_place_to_every_team_and_nobody(world, coordinator):
    now = timezone.now()
    other = make_world("Wombat")
    waits = OpeningAlert.objects.create(
        token_hash=hashlib.sha256(b"waits").hexdigest(), place="Malvern", latitude=52.1, longitude=-2.3,
        email="sara@example.com", phone="+447700900982", created_at=now, ends_at=now + timedelta(days=60),
    )  # fmt: skip
    listed = coordinator.get(list_of("bookings_openingalert")).content.decode()
    assert "Malvern" in listed and "Quokka village" in listed and "Wombat village" not in listed
    page = coordinator.get(page_of("bookings_openingalert", waits.public_id))
    assert (
        page.status_code == 200 and "Wants to hear" in page.content.decode() and "email, text" in page.content.decode()
    )
    for address in ("sara@example.com", "900982", "Quokka@example.com"):
        assert address not in listed + page.content.decode()
    theirs = OpeningAlert.objects.get(session=other.session)
    assert coordinator.get(page_of("bookings_openingalert", theirs.public_id)).status_code == 404
    assert coordinator.post(page_of("bookings_openingalert", waits.public_id), {"place": "X"}).status_code == 403


def test_an_offer_and_a_ticket_say_what_became_of_them(world, coordinator):
    offer, ticket = WaitingListOffer.objects.get(), world.session.drop_in_tickets.get()
    text = coordinator.get(page_of("bookings_waitinglistoffer", offer.public_id)).content.decode()
    assert "Sara Quokka" in text and "Declined" in text
    ticket.visits.add(world.visit)
    before = RecordView.objects.count()
    text = coordinator.get(page_of("bookings_dropinticket", ticket.public_id)).content.decode()
    assert "Elif Quokka, 5 April 2019" in text and "QUOKKA, Bilal" in text and "Taken in by the desk" in text
    assert RecordView.objects.count() == before + 1
    for query, found in (({"is": "used"}, 1), ({"is": "open"}, 0), ({"q": str(world.session.public_id)}, 1)):
        listed = coordinator.get(list_of("bookings_dropinticket"), query)
        assert len(listed.context["cl"].result_list) == found, query
    assert str(ticket) == str(ticket.public_id), "a list names its rows, and the code of a ticket is the family’s"


def test_receipts_and_stops_are_filtered_by_what_came_of_them(world, coordinator):
    world.message.state, world.message.receipt = "sent", "bounced"
    world.message.receipt_at = world.message.finished_at = timezone.now()
    world.message.save()
    for name, query, found in (
        ("messaging_message", {"receipt": "bounced"}, 1),
        ("messaging_message", {"receipt": "delivered"}, 0),
        ("messaging_message", {"receipt": "bounced", "purpose": world.message.purpose}, 1),
        ("messaging_message", {"purpose": "clinic_opening"}, 0),
        ("messaging_stoprequest", {"is": "stands"}, 1),
        ("messaging_stoprequest", {"is": "withdrawn"}, 0),
    ):
        assert len(coordinator.get(list_of(name), query).context["cl"].result_list) == found, (name, query)
    page = coordinator.get(page_of("messaging_message", world.message.public_id)).content.decode()
    assert "Cannot be delivered" in page and "What a person did" in page
