"""The pages of stock, as those who keep it use them."""

import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from clinics.actions import quarantine_batch, receive_stock, take_stock
from clinics.models import Batch, CoolBoxReading, StockMovement
from clinics.stock import ledger
from immunisations.queries import stock_of
from tests.support.factories import make_batch, make_session, make_user
from tests.support.records import AT, Room, make_room

pytestmark = pytest.mark.django_db

NASTY = ["", "x" * 5000, "\x00", "💉", "\u202e12", "<script>alert(1)</script>", "-1", "1e9", "99999999999", "1.5", "٣"]


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


def client_of(room: Room, role: str = Role.SENIOR_NURSE) -> Client:
    client = Client()
    client.force_login(make_user(room.team, role))
    return client


def clinic_url(room: Room, name: str, *args: Any) -> str:
    return reverse(name, args=[room.session.public_id, *args])


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def stocked() -> Room:
    room = make_room()
    for batch in (room.mmr, room.mmrv, room.six):
        receive_stock(batch=batch, doses=50, by=room.nurse, at=AT)
    return room


def test_a_delivery_adds_the_batch_and_its_doses_and_sent_twice_is_one():
    room = make_room()
    client = client_of(room)
    delivery = {
        "product": "proquad",
        "number": " ab 12 ",
        "expires_on_day": "30",
        "expires_on_month": "6",
        "expires_on_year": "2027",
        "doses": "40",
        "client_uuid": str(uuid.uuid4()),
    }
    for _each in range(2):
        assert client.post(reverse("stock-receive"), delivery).status_code == 302
    batch = Batch.objects.get(number="AB 12")
    assert batch.expires_on == date(2027, 6, 30)
    assert ledger([batch])[batch.pk].received == 40


def test_what_expired_is_not_put_in_the_store():
    room = make_room()
    delivery = {
        "product": "proquad",
        "number": "AB",
        "expires_on_day": "1",
        "expires_on_month": "1",
        "expires_on_year": "2020",
    }
    page = client_of(room).post(reverse("stock-receive"), delivery | {"doses": "40"})
    assert page.status_code == 422 and "It expired on 1 January 2020" in text(page)
    assert not Batch.objects.filter(number="AB").exists()


def test_taking_more_than_the_list_knows_of_asks_first_and_loses_nothing_typed():
    room = stocked()
    client, url = client_of(room), clinic_url(room, "clinic-stock-take")
    answers = {f"doses-{room.mmrv.public_id}": "60"}
    page = client.post(url, answers)
    assert page.status_code == 409 and "knows of 50 doses" in text(page) and 'value="60"' in text(page)
    assert not stock_of(room.session).lines
    assert client.post(url, answers | {"confirmed": "on"}).status_code == 302
    assert stock_of(room.session).taken == 60


def test_the_take_page_offers_neither_expired_nor_quarantined_batches():
    room = stocked()
    old = make_batch(room.team, "priorix", number="OLD1", expires_on=room.session.date - timedelta(days=1))
    quarantine_batch(batch=room.mmr, reason="Recalled", by=room.senior, at=AT, source="staff")
    page = text(client_of(room).get(clinic_url(room, "clinic-stock-take")))
    assert "TET1" in page and old.number not in page and room.mmr.number not in page


def test_waste_takes_three_taps_from_the_list_of_the_day():
    """Stock; the batch's Waste; why."""
    room = stocked()
    take_stock(session=room.session, counts={room.mmrv: 10, room.mmr: 5}, by=room.nurse, at=AT)
    client = client_of(room, Role.VACCINATOR)
    stock_url, waste_url = clinic_url(room, "clinic-stock"), clinic_url(room, "clinic-stock-waste")
    assert f'href="{stock_url}"' in text(client.get(clinic_url(room, "clinic-day-session")))
    link = f"{waste_url}?batch={room.mmrv.public_id}"
    assert f'href="{link}"' in text(client.get(stock_url))
    form = text(client.get(link))
    assert "Dropped or broken" in form
    assert re.search(rf'<input[^>]*value="{room.mmrv.public_id}"[^>]*checked', form)
    saved = client.post(
        link, {"batch": str(room.mmrv.public_id), "doses": "1", "note": "", "reason": "dropped"}, follow=True
    )
    assert "1 dose of TET1 wasted: dropped or broken." in text(saved)
    assert StockMovement.objects.get(kind="wasted").doses == 1


def test_more_wasted_than_is_left_is_asked_about_and_then_written_down():
    room = stocked()
    take_stock(session=room.session, counts={room.mmrv: 5}, by=room.nurse, at=AT)
    client, url = client_of(room), clinic_url(room, "clinic-stock-waste")
    answers = {"batch": str(room.mmrv.public_id), "doses": "50", "reason": "dropped"}
    asked = client.post(url, answers)
    assert asked.status_code == 422 and not StockMovement.objects.filter(kind="wasted").exists()
    assert "Only 5 doses of TET1 should be left here." in text(asked) and 'name="confirmed"' in text(asked)
    client.post(url, {**answers, "confirmed": "on"})
    assert StockMovement.objects.get(kind="wasted").doses == 50


def test_the_last_dose_wasted_with_two_presses_asks_nothing():
    room = stocked()
    take_stock(session=room.session, counts={room.mmrv: 1}, by=room.nurse, at=AT)
    client, url = client_of(room), clinic_url(room, "clinic-stock-waste")
    answers = {"batch": str(room.mmrv.public_id), "doses": "1", "reason": "dropped", "client_uuid": str(uuid.uuid4())}
    assert [client.post(url, answers).status_code for _press in range(2)] == [302, 302]
    assert StockMovement.objects.get(kind="wasted").doses == 1


def test_something_else_wasted_says_what():
    room = stocked()
    take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT)
    answers = {"batch": str(room.mmrv.public_id), "doses": "1", "reason": "other"}
    page = client_of(room).post(clinic_url(room, "clinic-stock-waste"), answers)
    assert page.status_code == 422 and "Say in the note why the doses were wasted" in text(page)


def test_a_count_that_differs_is_asked_about_beside_its_batch_and_keeps_what_was_typed():
    room = stocked()
    take_stock(session=room.session, counts={room.mmrv: 10, room.mmr: 5}, by=room.nurse, at=AT)
    client, url = client_of(room), clinic_url(room, "clinic-stock-count")
    answers = {f"doses-{room.mmrv.public_id}": "9", f"doses-{room.mmr.public_id}": "5"}
    page = client.post(url, answers)
    assert page.status_code == 409 and text(page).count("Say why the count differs") >= 2
    assert 'value="9"' in text(page) and not StockMovement.objects.filter(kind="back").exists()
    assert client.post(url, answers | {f"note-{room.mmrv.public_id}": "One is lost"}).status_code == 302
    assert "One is lost" in text(client.get(clinic_url(room, "clinic-stock")))


def test_a_temperature_outside_says_what_was_quarantined_and_what_to_do():
    room = stocked()
    take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT)
    client = client_of(room, Role.VACCINATOR)
    url = clinic_url(room, "clinic-stock-temperature")
    assert "everything taken to this clinic is quarantined when you save" in text(client.get(url))
    page = text(client.post(url, {"celsius": "11,4 °C", "moment": "during", "box": "Box 1"}, follow=True))
    assert "Quarantined: Priorix-Tetra TET1. Do not give them." in page
    assert "Set them apart" in page and "10 doses held: do not give" in page
    assert "Release or destroy" not in page


@pytest.mark.parametrize(
    "typed", ["warm", "", "1000", "nan", "inf", "--5", "\x00", "5.5.5", "1e400000", "💉", "x" * 500]
)
def test_what_is_no_temperature_is_refused_with_a_sentence(typed: str):
    room = stocked()
    answers = {"celsius": typed, "moment": "during", "box": "Box 1"}
    assert client_of(room).post(clinic_url(room, "clinic-stock-temperature"), answers).status_code == 422
    assert not CoolBoxReading.objects.exists()


def test_a_senior_nurse_releases_or_destroys_what_is_held():
    room = stocked()
    take_stock(session=room.session, counts={room.mmrv: 10, room.mmr: 5}, by=room.nurse, at=AT)
    client = client_of(room)
    client.post(clinic_url(room, "clinic-stock-temperature"), {"celsius": "-1", "moment": "end", "box": "Box 1"})
    for batch, becomes in ((room.mmrv, "release"), (room.mmr, "destroy")):
        url = clinic_url(room, "clinic-stock-settle", batch.public_id)
        assert client.post(url, {"becomes": becomes, "note": ""}).status_code == 422
        assert client.post(url, {"becomes": becomes, "note": "The maker: safe for an hour"}).status_code == 302
    assert client.get(clinic_url(room, "clinic-stock-settle", room.mmrv.public_id)).status_code == 302
    again = client.post(url, {"becomes": "destroy", "note": "The maker: safe for an hour"})
    assert again.status_code == 409 and "Nothing of batch PRX1 is left to destroy" in text(again)
    stock = {line.batch: line for line in stock_of(room.session).lines}
    assert not stock[room.mmrv].held and stock[room.mmr].wasted == 5 and not stock_of(room.session).to_settle


@pytest.mark.parametrize("becomes", ["release", "destroy"])
def test_what_one_reading_holds_is_settled_in_one_press(becomes: str):
    room = stocked()
    take_stock(session=room.session, counts={room.mmrv: 10, room.mmr: 5}, by=room.nurse, at=AT)
    client = client_of(room)
    client.post(clinic_url(room, "clinic-stock-temperature"), {"celsius": "9.5", "moment": "end", "box": "Box 1"})
    url = clinic_url(room, "clinic-stock-settle", room.mmrv.public_id)
    assert "The same for all that this reading holds: also PRX1" in text(client.get(url))
    saved = client.post(url, {"becomes": becomes, "note": "The maker: safe for an hour", "others": "on"}, follow=True)
    assert "PRX1, TET1." in text(saved) or "TET1, PRX1." in text(saved)
    assert not stock_of(room.session).to_settle
    wasted = {line.batch.number: line.wasted for line in stock_of(room.session).lines}
    assert wasted == ({"TET1": 10, "PRX1": 5} if becomes == "destroy" else {"TET1": 0, "PRX1": 0})


def test_a_vaccinator_neither_releases_nor_recalls():
    room = stocked()
    client = client_of(room, Role.VACCINATOR)
    for name in ("stock-quarantine", "stock-release", "batch-recall"):
        assert client.post(reverse(name, args=[room.mmrv.public_id]), {"note": "x"}).status_code in (403, 405)
    room.mmrv.refresh_from_db()
    assert room.mmrv.quarantined_at is None


def test_a_quarantine_and_its_release_stand_in_the_batchs_history():
    room = stocked()
    client = client_of(room)
    args = [room.mmrv.public_id]
    assert client.post(reverse("stock-release", args=args), {"note": "x"}).status_code == 409
    client.post(reverse("stock-quarantine", args=args), {"note": "Recall 12/2026"})
    page = text(client.get(reverse("stock-batch", args=args)))
    assert "Do not give this batch" in page and "Recall 12/2026" in page
    client.post(reverse("stock-release", args=args), {"note": "Recall withdrawn"})
    page = text(client.get(reverse("stock-batch", args=args)))
    assert "Do not give this batch" not in page and "Recall withdrawn" in page


def test_low_stock_and_a_near_expiry_are_said_in_words():
    room = make_room()
    soon = make_batch(room.team, "proquad", number="SOON1", expires_on=room.session.date + timedelta(days=10))
    receive_stock(batch=soon, doses=5, by=room.nurse, at=AT)
    page = text(client_of(room).get(reverse("stock")))
    assert "Expires soon" in page and "Low: fewer than 20 doses" in page and "None left" in page


def test_the_store_costs_as_many_queries_with_thirty_batches_as_with_one(django_assert_max_num_queries):
    room = stocked()
    client = client_of(room)
    client.get(reverse("stock"))
    with django_assert_max_num_queries(12) as few:
        client.get(reverse("stock"))
    for _each in range(30):
        batch = make_batch(room.team)
        receive_stock(batch=batch, doses=5, by=room.nurse, at=AT)
    with django_assert_max_num_queries(len(few)):
        assert client.get(reverse("stock")).status_code == 200


def test_the_landing_page_costs_as_many_queries_with_ten_clinics_as_with_one(django_assert_max_num_queries):
    room = stocked()
    client = client_of(room)
    client.get(reverse("coordinate"))
    with django_assert_max_num_queries(8) as few:
        assert room.session.name in text(client.get(reverse("coordinate")))
    for days in range(1, 10):
        make_session(room.team, date=room.session.date + timedelta(days=days))
    make_session(room.team, published=False, date=room.session.date + timedelta(days=11), name="A draft")
    with django_assert_max_num_queries(len(few)):
        page = text(client.get(reverse("coordinate")))
    assert page.count("Pack list") >= 10 and "A draft" in page


@pytest.mark.parametrize("typed", NASTY)
def test_nothing_that_is_typed_breaks_a_page(typed: str):
    room = stocked()
    take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT)
    client = client_of(room)
    row = StockMovement.objects.filter(kind="received").first()
    assert row is not None
    batch = room.mmrv.public_id
    forms = {
        reverse("stock-receive"): [
            "product",
            "number",
            "expires_on_day",
            "expires_on_year",
            "doses",
            "note",
            "client_uuid",
        ],
        reverse("stock-waste", args=[batch]): ["batch", "doses", "note", "reason", "client_uuid"],
        reverse("stock-quarantine", args=[batch]): ["note"],
        reverse("stock-release", args=[batch]): ["note"],
        reverse("stock-count-right", args=[row.public_id]): ["doses", "note", "client_uuid"],
        clinic_url(room, "clinic-stock-take"): [f"doses-{batch}", "confirmed", "client_uuid"],
        clinic_url(room, "clinic-stock-waste"): ["batch", "doses", "note", "reason"],
        clinic_url(room, "clinic-stock-count"): [f"doses-{batch}", f"note-{batch}"],
        clinic_url(room, "clinic-stock-temperature"): ["celsius", "box", "moment", "note"],
    }
    for url, names in forms.items():
        assert client.post(url, dict.fromkeys(names, typed)).status_code < 500, url
    for query in ({"batch": typed}, {"instead": typed}):
        for name in ("clinic-stock-waste", "clinic-stock-temperature"):
            assert client.get(clinic_url(room, name), query).status_code < 500


def test_a_batch_added_on_the_dose_page_is_noted_at_the_clinic():
    room = make_room()
    visit = room.ready()
    client = Client()
    client.force_login(room.nurse)
    url = clinic_url(room, "give-dose", visit.person.public_id, "MEASLES")
    answers = {
        "batch": "another",
        "new_product": "priorix-tetra",
        "new_number": "found 1",
        "new_expires_on_day": "30",
        "new_expires_on_month": "6",
        "new_expires_on_year": "2027",
        "body_site": "left_arm",
        "under": str(room.team.directions.get().public_id),
        "client_uuid": str(uuid.uuid4()),
    }
    page = client.post(url, answers)
    assert page.status_code == 302, re.findall(r"error[^<]*<[^<]*<[^<]*", text(page))
    line = next(line for line in stock_of(room.session).lines if line.batch.number == "FOUND 1")
    assert line.given == 1 and line.not_counted_out and not line.given_without_taking
    assert "Added at the clinic: nobody counted" in text(client.get(clinic_url(room, "clinic-stock")))
