"""The public's pages of waiting, as whole requests."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.actions import PersonDetails, cancel_appointments
from bookings.models import Appointment, Booking, OpeningAlert, WaitingListEntry
from bookings.references import link_token
from bookings.waiting_list.alerts import ask_for_alert, tell_alerts
from bookings.waiting_list.joining import token_of
from bookings.waiting_list.offering import offer_times
from clinics.finder import Where
from clinics.models import ClinicSession, Place
from clinics.postcodes import Position
from immunisations.actions import record_consent
from immunisations.models.consent import GILLICK_ANSWERS
from messaging.models import Message
from tests.support.alike import statement, without_tokens
from tests.support.factories import DAY, NOW, book, child, contact, make_session, make_venue
from tests.support.records import AT, make_room
from tests.support.waiting import full_clinic, wait

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def answer(client: Client, url: str, **values: Any) -> Any:
    return client.post(url, values, follow=True)


def draft_of_one(client: Client, session: ClinicSession, who: PersonDetails) -> str:
    """The same for one person."""
    names = {"first_name": who.first_name, "last_name": who.last_name}
    page = answer(client, reverse("book") + f"?clinic={session.slug}", **names)
    born = {f"date_of_birth_{part}": str(getattr(who.date_of_birth, part)) for part in ("day", "month", "year")}
    page = answer(client, page.request["PATH_INFO"], **born)
    page = answer(client, page.request["PATH_INFO"], another="no")
    return str(page.request["PATH_INFO"]).split("/")[2]


def draft_of_two(client: Client, session: ClinicSession) -> str:
    """Answer up to who is coming; return the draft's id."""
    page = answer(client, reverse("book") + f"?clinic={session.slug}", first_name="Amina", last_name="Khan")
    born = {"date_of_birth_0": "27", "date_of_birth_1": "3", "date_of_birth_2": "2023"}
    born |= {"date_of_birth_day": "27", "date_of_birth_month": "3", "date_of_birth_year": "2023"}
    page = answer(client, page.request["PATH_INFO"], **born)
    page = answer(client, page.request["PATH_INFO"], another="yes")
    page = answer(client, page.request["PATH_INFO"], first_name="Bilal", last_name="Khan")
    page = answer(client, page.request["PATH_INFO"], **born)
    page = answer(client, page.request["PATH_INFO"], another="no")
    return str(page.request["PATH_INFO"]).split("/")[2]


def join(client: Client, session: ClinicSession, who: PersonDetails | None = None) -> WaitingListEntry:
    draft = draft_of_one(client, session, who) if who else draft_of_two(client, session)
    page = client.get(reverse("waiting-list-join"), {"draft": draft}, follow=True)
    assert "Join the waiting list" in page.content.decode()
    values = {"venues": [str(session.venue.public_id)], "weekdays": ["any"], "parts": ["morning"]}
    page = client.post(page.request["PATH_INFO"], values, follow=True)
    contact = {"contact_name": "Sara Khan", "tell_by": ["text"], "mobile": "07700 900 982"}
    page = client.post(page.request["PATH_INFO"], contact, follow=True)
    assert "You are on the waiting list" in page.content.decode()
    return WaitingListEntry.objects.get()


def link(entry: WaitingListEntry) -> str:
    return reverse("waiting-list-link", args=[token_of(entry)])


def free(*appointments: Appointment) -> None:
    for each in appointments:
        cancel_appointments(booking=each.booking, appointments=[each], by=None, source="public", at=NOW)


def test_whoever_finds_no_time_joins_with_the_answers_given_and_takes_an_offer_with_one_press(client: Client) -> None:
    session, taken = full_clinic()
    entry = join(client, session)
    assert (entry.number, entry.parts, entry.weekdays) == (2, ["morning"], [])
    assert [person["first_name"] for person in entry.people] == ["Amina", "Bilal"]
    free(taken[1], taken[2])
    assert offer_times(at=NOW) == 1
    assert Message.objects.filter(purpose="waiting_list_offer").count() == 1
    stranger = Client()
    # A program that previews links opens it, and takes nothing.
    page = stranger.get(link(entry)).content.decode()
    assert "10:10am and 10:20am" in page
    assert "Amina" not in page
    entry.refresh_from_db()
    assert entry.state == "waiting"
    offer = entry.offers.get()
    page = stranger.post(link(entry), {"do": "take", "offer": str(offer.public_id)}, follow=True).content.decode()
    assert "Amina Khan" in page
    booking = Booking.objects.get(submission_id=offer.public_id)
    assert [each.starts_at for each in booking.appointments.order_by("position")] == [
        taken[1].starts_at,
        taken[2].starts_at,
    ]
    assert "you have booked" in stranger.get(link(entry)).content.decode()


def test_whoever_goes_back_waits_for_what_they_chose_last_and_after_stopping_they_can_join_again(
    client: Client,
) -> None:
    session, _taken = full_clinic()
    entry = join(client, session)
    back = client.get(reverse("waiting-list-join"), {"draft": str(entry.submission_id)}, follow=True)
    values = {"venues": [str(session.venue.public_id)], "weekdays": ["5"], "parts": ["any"]}
    url = back.request["PATH_INFO"]
    for _press in range(2):
        client.post(url, values)
    entry = WaitingListEntry.objects.get()
    assert (entry.weekdays, entry.parts, entry.number) == ([5], [], 2)
    client.post(link(entry), {"do": "stop"})
    for _press in range(2):
        page = client.post(url, values, follow=True)
    assert "You are on the waiting list." in page.content.decode()
    assert sorted(WaitingListEntry.objects.values_list("state", "number")) == [("stopped", 2), ("waiting", 2)]


def test_an_offer_is_declined_and_the_wait_stopped_by_buttons(client: Client) -> None:
    session, taken = full_clinic()
    entry = wait(session.venue)
    free(taken[0])
    offer_times(at=NOW)
    offer = entry.offers.get()
    page = client.post(link(entry), {"do": "decline", "offer": str(offer.public_id)}, follow=True)
    assert "You are on the waiting list." in page.content.decode()
    offer.refresh_from_db()
    assert offer.answer == "declined"
    page = client.post(link(entry), {"do": "stop"}, follow=True)
    assert "no longer on the waiting list, as you asked" in page.content.decode()


def test_whoever_has_times_is_offered_earlier_ones_alone_and_keeps_theirs_until_they_take_them(client: Client) -> None:
    session, taken = full_clinic()
    booking = taken[3].booking
    booking.email = "own@example.com"
    booking.save()
    client.get(reverse("booking-link", args=[_token(booking)]))
    Booking.objects.filter(pk=booking.pk).update(email="", texts=False)
    page = client.get(reverse("waiting-list-join"), follow=True)
    assert page.request["PATH_INFO"] == reverse("booking-contact"), "said before anything is asked"
    assert "only by text message or email" in page.content.decode()
    booking.save()
    page = client.get(reverse("waiting-list-join"), follow=True)
    assert "Tell me about earlier times" in page.content.decode()
    values = {"venues": [str(session.venue.public_id)], "weekdays": ["any"], "parts": ["any"]}
    client.post(reverse("waiting-list-earlier"), values)
    entry = WaitingListEntry.objects.get()
    free(taken[5])
    assert offer_times(at=NOW) == 0
    free(taken[1])
    assert offer_times(at=NOW) == 1
    taken[3].refresh_from_db()
    assert taken[3].starts_at.minute == 30
    offer = entry.offers.get()
    client.post(link(entry), {"do": "take", "offer": str(offer.public_id)})
    moved = Appointment.objects.get(pk=taken[3].pk)
    assert (moved.starts_at, moved.state, moved.version) == (taken[1].starts_at, "booked", 2)
    # The old place is free again, and nothing is kept besides.
    assert Place.objects.filter(session=session, reservation__isnull=True).count() == 2
    entry.refresh_from_db()
    assert entry.state == "booked"


def _token(booking: Booking) -> str:
    from bookings.references import link_token_of

    return link_token_of(booking.public_id, booking.link_token_hash)


def test_a_contact_that_joined_too_often_is_told_kindly(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from bookings import limits

    monkeypatch.setattr(limits, "WAITS_OF_CONTACT", limits.Limit("few", 0, timedelta(days=1)))
    session, _taken = full_clinic(20)
    draft = draft_of_two(client, session)
    page = client.get(reverse("waiting-list-join"), {"draft": draft}, follow=True)
    values = {"venues": [str(session.venue.public_id)], "weekdays": ["any"], "parts": ["any"]}
    page = client.post(page.request["PATH_INFO"], values, follow=True)
    contact = {"contact_name": "Sara Khan", "tell_by": ["text"], "mobile": "07700 900 982"}
    page = client.post(page.request["PATH_INFO"], contact)
    assert page.status_code == 429
    assert "Please wait a little" in page.content.decode()
    assert not WaitingListEntry.objects.exists()


@pytest.mark.once
def test_a_link_of_nobodys_opens_nothing(client: Client) -> None:
    for name in ("waiting-list-link", "opening-alert-link"):
        page = client.get(reverse(name, args=["x" * 22]))
        assert page.status_code == 404
        assert "This link does not work" in page.content.decode()


@pytest.mark.once
def test_waiting_for_a_child_on_record_or_one_who_asked_for_silence_is_like_waiting_for_one_nobody_knows() -> None:
    room = make_room()
    session, taken = full_clinic(venue=make_venue(room.team))
    other, free_ones = full_clinic(20, venue=make_venue(room.team))
    tom = child("Amina", "Khan", date(2011, 9, 2))

    def private() -> None:
        """On record, came to another clinic, booked a next appointment alone, and wants their parents not to hear."""
        visit = room.visit(room.person("Amina", "Khan", date(2011, 9, 2)))
        record_consent(
            visit=visit,
            decision="given",
            route="gillick",
            given_by_name="Amina Khan",
            vaccines=["MMR"],
            gillick=dict.fromkeys(GILLICK_ANSWERS, True),
            parents_not_told=True,
            by=room.nurse,
            at=AT,
        )
        own = contact(name="", relationship="Booked for themselves", email="")
        booked = book(other, tom, contact=own).booking.appointments.get()
        Appointment.objects.filter(pk=booked.pk).update(person=visit.person)

    def seen() -> list[Any]:
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            entry = join(client, session, who=tom)
        free(taken[1])
        assert offer_times(at=NOW) == 1
        page = client.get(link(entry)).content.decode().replace(token_of(entry), "")
        offer = entry.offers.get()
        took = client.post(link(entry), {"do": "take", "offer": str(offer.public_id)}, follow=True)
        owed = sorted(
            Message.objects.filter(subject_id__in=[offer.public_id, entry.public_id]).values_list("purpose", "channel")
        )
        words = [without_tokens(page), without_tokens(took.content.decode())]
        return [[statement(each["sql"]) for each in queries], words, owed]

    free(free_ones[0])
    found = []
    for world in (lambda: None, lambda: None, private):
        with transaction.atomic():
            world()
            found.append(seen())
            transaction.set_rollback(True)
    _warm, unknown, known = found
    assert unknown[2]
    assert known == unknown


# --- “Tell me when one opens”


def ask(client: Client, **values: Any) -> Any:
    return client.post(
        reverse("opening-alert-join"),
        {"near": "WR11 4RW", "tell_by": ["email"], "email": "sara@example.com"} | values,
        follow=True,
    )


def test_whoever_asked_is_told_once_of_a_clinic_within_15_miles_with_free_times(client: Client) -> None:
    page = ask(client).content.decode()
    # Nothing finer than the outward code is kept or shown.
    assert "15 miles of WR11" in page
    assert "4RW" not in page
    alert = OpeningAlert.objects.get()
    far = make_session(date=DAY)
    far.venue.latitude, far.venue.longitude = 55.0, -1.6
    far.venue.save()
    assert tell_alerts(at=NOW) == 0
    _full, taken = full_clinic(20)
    assert tell_alerts(at=NOW) == 0
    free(taken[0])
    assert tell_alerts(at=NOW) == 1
    assert tell_alerts(at=NOW) == 0
    alert.refresh_from_db()
    assert (alert.told_at, alert.session) == (NOW, _full)
    assert Message.objects.filter(purpose="clinic_opening", subject_id=alert.public_id).count() == 1


def test_an_alert_is_stopped_by_its_link_and_one_page_sent_twice_is_one(client: Client) -> None:
    once = str(client.get(reverse("opening-alert-join")).context["once"])
    page = ask(client, once=once)
    assert ask(client, once=once).request["PATH_INFO"] == page.request["PATH_INFO"]
    alert = OpeningAlert.objects.get()
    page = client.post(page.request["PATH_INFO"], follow=True)
    assert "as you asked" in page.content.decode()
    make_session(date=DAY)
    assert tell_alerts(at=NOW) == 0
    alert.refresh_from_db()
    assert alert.told_at is None


@pytest.mark.once
def test_asking_tells_nobody_whether_somebody_asked_with_the_same_contact_before() -> None:
    """Alike in status, page and statements; what a stranger is led to neither shows nor stops what others asked for."""

    def answered() -> tuple[Any, ...]:
        with CaptureQueriesContext(connection) as queries:
            page = ask(Client())
        statements = [statement(each["sql"]) for each in queries]
        secret = page.request["PATH_INFO"].split("/")[-2]
        words = without_tokens(page.content.decode()).replace(secret, "")
        return page.redirect_chain[-1][1], page.status_code, words, statements

    contact: dict[str, Any] = {"phone": "", "email": "sara@example.com", "language": "en-gb", "at": NOW}
    # Warm.
    ask(Client(), email="other@example.com")
    unknown = answered()
    first = OpeningAlert.objects.get(email="sara@example.com")
    assert answered() == unknown
    for number in range(6):
        ask_for_alert(where=Where(f"Place {number}", Position(52.1, -1.9)), **contact)
    assert answered() == unknown
    stranger = ask(Client())
    assert stranger.request["PATH_INFO"] != reverse("opening-alert-link", args=[link_token(first.public_id)])
    stranger.client.post(stranger.request["PATH_INFO"])
    first.refresh_from_db()
    assert first.stopped_at is None


def test_a_place_we_do_not_know_is_asked_again_with_all_that_was_typed(client: Client) -> None:
    page = ask(client, near="Nowhere at all")
    assert page.status_code == 422
    assert "We cannot find “Nowhere at all”" in page.content.decode()
    assert "sara@example.com" in page.content.decode()
    assert not OpeningAlert.objects.exists()


# --- People and programs


def test_a_program_that_fills_in_the_unseen_box_or_answers_at_once_makes_nothing_and_a_person_goes_on(
    client: Client, settings: Any, time_machine: Any
) -> None:
    settings.HUMAN_SECONDS = 2
    url = reverse("opening-alert-join")
    began = client.get(url).context["human"].began
    # Too quick: everything that was typed is there, and the same form goes through a moment later.
    page = ask(client, began=began)
    assert page.status_code == 422
    assert "That was very quick" in page.content.decode()
    assert "sara@example.com" in page.content.decode()
    assert not OpeningAlert.objects.exists()
    time_machine.move_to(NOW + timedelta(seconds=3), tick=False)
    # A browser filled in the box: it is in sight then, and empty it goes through.
    page = ask(client, began=began, website_2="http://spam.example")
    assert page.status_code == 422
    assert "Leave this box empty" in page.content.decode()
    assert "aria-hidden" not in page.content.decode().split("website_2")[0][-200:]
    assert not OpeningAlert.objects.exists()
    ask(client, began=page.context["human"].began)
    assert OpeningAlert.objects.count() == 1


@pytest.mark.parametrize("began", ["forged", ""])
def test_a_form_without_its_signed_moment_is_asked_again(client: Client, settings: Any, began: str) -> None:
    settings.HUMAN_SECONDS = 2
    assert ask(client, began=began).status_code == 422
    assert not OpeningAlert.objects.exists()


def test_whoever_was_asked_to_press_again_is_not_asked_a_second_time_however_soon_they_press(
    client: Client, settings: Any
) -> None:
    settings.HUMAN_SECONDS = 2
    page = ask(client, began=client.get(reverse("opening-alert-join")).context["human"].began)
    assert page.status_code == 422
    ask(client, began=page.context["human"].began)
    assert OpeningAlert.objects.count() == 1
