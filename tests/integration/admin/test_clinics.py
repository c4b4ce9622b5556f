"""A co-ordinator plans, publishes, stops and cancels clinics in the admin."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Role
from bookings.actions import cancel_session
from bookings.models import Appointment
from clinics.actions import change_session, publish_session
from clinics.models import ClinicSession, Venue
from clinics.policies import ClinicRefused
from clinics.times import LONDON, london_day
from tests.support.factories import book, child, contact, make_session, make_team, make_user, make_venue

pytestmark = pytest.mark.django_db

ADD = "/admin/clinics/clinicsession/add/"
LIST = "/admin/clinics/clinicsession/"


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def coordinator(team):
    client = Client()
    client.force_login(make_user(team, Role.COORDINATOR))
    return client


def soon(days: int = 10) -> date:
    return london_day(timezone.now()) + timedelta(days=days)


def filled(hall: Venue, *periods: tuple[str, str, str], **answers: Any) -> dict[str, Any]:
    """The form of a new clinic as a browser sends it."""
    data: dict[str, Any] = {
        "team": hall.team_id,
        "venue": hall.pk,
        "date": f"{soon():%d/%m/%Y}",
        "name": "Evesham clinic",
        "who_may_book": "public",
        "appointment_minutes": "10",
        "observation_minutes": "0",
        "vaccines": ["MMR", "6IN1"],
        "periods-TOTAL_FORMS": str(len(periods)),
        "periods-INITIAL_FORMS": "0",
        "periods-MIN_NUM_FORMS": "0",
        "periods-MAX_NUM_FORMS": "12",
        "advise_18_month_dose": "on",
        **answers,
    }
    for number, (start, end, vaccinators) in enumerate(periods):
        data |= {
            f"periods-{number}-start": start,
            f"periods-{number}-end": end,
            f"periods-{number}-vaccinators": vaccinators,
        }
    return data


def act(client: Client, session: ClinicSession, action: str, **more: str):
    return client.post(LIST, {"action": action, "_selected_action": session.pk, **more}, follow=True)


def page_of(session: ClinicSession) -> str:
    return reverse("admin:clinics_clinicsession_change", args=[session.public_id])


def test_a_clinic_is_planned_with_its_periods_as_clocks_in_england_show_them(coordinator, team):
    venue = make_venue(team)
    assert coordinator.get(ADD).status_code == 200
    day = date(soon().year + 1, 7, 1)
    data = filled(venue, ("10:00", "12:00", "2"), ("13:00", "15:30", "3"), date=f"{day:%d/%m/%Y}")
    response = coordinator.post(ADD, data)
    assert response.status_code == 302, response.context["errors"]
    session = ClinicSession.objects.get()
    assert session.slug == f"evesham-{day:%Y-%m-%d}" and session.state == "draft"
    assert sorted(session.vaccine_codes()) == ["6IN1", "MMR"]
    first, second = session.periods.all()
    assert [first.starts_at.hour, first.ends_at.hour, first.vaccinators] == [9, 11, 2], "10am in July is 9am UTC"
    assert second.ends_at.astimezone(LONDON).strftime("%H:%M") == "15:30"
    events = AuditEvent.objects.filter(object_id=session.public_id, source="admin")
    assert {event.action for event in events} == {"add clinicsession", "save_periods"}
    page = coordinator.get(page_of(session)).content.decode()
    assert 'value="10:00:00"' in page and 'value="15:30:00"' in page
    again = coordinator.post(ADD, {**data, "slug": ""})
    assert again.status_code == 302
    assert ClinicSession.objects.order_by("id").last().slug == f"evesham-{day:%Y-%m-%d}-2"


@pytest.mark.parametrize(
    ("periods", "sentence"),
    [
        ([("10:00", "12:00", "1"), ("11:00", "13:00", "1")], "The periods overlap"),
        ([("12:00", "10:00", "1")], "A period must end after it starts"),
        ([("10:00", "12:00", "0")], "greater than or equal to 1"),
        ([("10:00", "12:00", "99999999999")], "less than or equal to 50"),
        ([("25:00", "12:00", "1")], "Enter a valid time"),
        ([("\x00", "💉", "x")], "Enter a valid time"),
        ([("05:00", "22:00", "1")], "at most 14 hours"),
    ],
)
def test_periods_that_cannot_be_come_back_with_a_sentence_and_everything_typed(coordinator, team, periods, sentence):
    response = coordinator.post(ADD, filled(make_venue(team), *periods, name="My own words"))
    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page and "My own words" in page
    assert not ClinicSession.objects.exists() and not AuditEvent.objects.exists()


def test_a_start_that_comes_twice_on_the_night_the_clocks_go_back_is_refused(coordinator, team):
    data = filled(make_venue(team), ("01:30", "05:00", "1"), date="31/10/2027")
    page = coordinator.post(ADD, data).content.decode()
    assert "happens twice on that night" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"drop_in_from": "10:00"}, "Enter both times of the drop-in, or neither"),
        ({"drop_in_from": "12:00", "drop_in_until": "11:00"}, "The drop-in must end after it starts"),
        ({"early_doses": "on"}, "Enter the reason for early doses"),
        ({"appointment_minutes": "0"}, "between 1 and 120 minutes"),
        ({"appointment_minutes": "-1"}, "greater than or equal to 0"),
        ({"name": "x" * 5000}, "at most 100 characters"),
        ({"name": "a\x00b"}, "Null characters are not allowed"),
        ({"date": "nonsense"}, "Enter a valid date"),
        ({"vaccines": ["NOSUCH"]}, "not one of the available choices"),
    ],
)
def test_wrong_answers_are_named_and_nothing_is_saved(coordinator, team, wrong, sentence):
    response = coordinator.post(ADD, filled(make_venue(team), ("10:00", "12:00", "1"), **wrong))
    assert response.status_code == 422 and sentence in response.content.decode()
    assert not ClinicSession.objects.exists()


def test_another_teams_venue_and_team_cannot_be_chosen(coordinator, team):
    own, other = make_venue(team), make_venue(make_team("Wombat team"), name="Wombat Hall")
    page = coordinator.get(ADD).content.decode()
    assert "Wombat" not in page
    for data in (filled(other, team=team.pk), filled(own, team=other.team_id), filled(own, venue=other.pk)):
        assert coordinator.post(ADD, data).status_code == 422
    assert not ClinicSession.objects.exists()
    choices = {"app_label": "clinics", "model_name": "clinicsession", "field_name": "venue"}
    found = coordinator.get(reverse("admin:autocomplete"), {**choices, "term": ""}).json()["results"]
    assert [each["id"] for each in found] == [str(own.pk)]


def test_a_period_is_changed_and_removed_and_a_taken_place_keeps_its_period(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), at=timezone.now())
    period = session.periods.get()
    data = {
        **filled(session.venue),
        "periods-TOTAL_FORMS": "1",
        "periods-INITIAL_FORMS": "1",
        "periods-0-id": period.pk,
        "periods-0-session": session.pk,
        "periods-0-start": "10:00",
        "periods-0-end": "11:00",
        "periods-0-vaccinators": "3",
    }
    assert coordinator.post(page_of(session), data).status_code == 302
    assert session.places.count() == 18, "one hour, ten minutes each, three at a time"
    book(session, at=timezone.now())
    period = session.periods.get()
    data |= {"periods-0-id": period.pk, "periods-0-start": "14:00", "periods-0-end": "15:00", "name": "Typed anew"}
    response = coordinator.post(page_of(session), data)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Somebody is booked in places that would go" in page and "Typed anew" in page
    session.refresh_from_db()
    assert session.name != "Typed anew" and session.places.count() == 18, "all or nothing"


@contextmanager
def right_after_it_is_read(happens: Callable[[ClinicSession], object]) -> Iterator[None]:
    """Let something happen to the clinic as soon as the next request has read it."""

    def read(instance: ClinicSession, **_: Any) -> None:
        if instance.pk:
            post_init.disconnect(read, sender=ClinicSession)
            happens(instance)

    post_init.connect(read, sender=ClinicSession)
    try:
        yield
    finally:
        post_init.disconnect(read, sender=ClinicSession)


def cancelled(session: ClinicSession) -> None:
    cancel_session(session=session, reason="No heating", by=None, source="command", at=timezone.now())


def published(session: ClinicSession) -> None:
    publish_session(session=session, by=None, source="command", at=timezone.now())


def unchanged_periods(session: ClinicSession) -> dict[str, Any]:
    period = session.periods.get()
    return {
        **filled(session.venue),
        "vaccines": session.vaccine_codes(),
        "periods-TOTAL_FORMS": "1",
        "periods-INITIAL_FORMS": "1",
        "periods-0-id": period.pk,
        "periods-0-session": session.pk,
        "periods-0-start": f"{period.starts_at.astimezone(LONDON):%H:%M}",
        "periods-0-end": f"{period.ends_at.astimezone(LONDON):%H:%M}",
        "periods-0-vaccinators": period.vaccinators,
    }


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_clinic_cancelled_while_it_is_being_saved_stays_cancelled_and_the_page_says_why(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), at=timezone.now())
    data = {**unchanged_periods(session), "name": "Typed meanwhile"}

    def by_somebody_else(read: ClinicSession) -> None:
        with ThreadPoolExecutor(1) as other:
            other.submit(cancelled, read).result()
            other.submit(lambda: connection.close()).result()

    with right_after_it_is_read(by_somebody_else):
        response = coordinator.post(page_of(session), data)
    session.refresh_from_db()
    assert (session.state, session.cancelled_reason) == ("cancelled", "No heating")
    assert session.name != "Typed meanwhile"
    page = coordinator.get(response["Location"]).content.decode()
    assert "This clinic can no longer be changed." in page and "No heating" in page


def test_a_clinic_published_while_it_is_being_saved_stays_published_with_what_was_saved(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), published=False, at=timezone.now())
    with right_after_it_is_read(published):
        response = coordinator.post(
            page_of(session), {**unchanged_periods(session), "slug": session.slug, "for_whom": "Families"}
        )
    session.refresh_from_db()
    assert response.status_code == 302 and (session.state, session.for_whom) == ("published", "Families")


def test_a_date_saved_while_the_clinic_is_published_is_refused(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), published=False, at=timezone.now())
    data = {**unchanged_periods(session), "slug": session.slug, "date": f"{soon(20):%d/%m/%Y}"}
    with right_after_it_is_read(published):
        response = coordinator.post(page_of(session), data)
    assert response.status_code == 422 and "fixed once a clinic is published" in response.content.decode()
    session.refresh_from_db()
    assert session.date == soon()


def test_what_a_clinic_offers_and_says_is_changed_with_one_event_that_names_only_what_changed(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), published=False, vaccines=["MMR"], at=timezone.now())
    data = unchanged_periods(session) | {"slug": session.slug, "name": session.name, "vaccines": ["6IN1"]}
    before = AuditEvent.objects.count()
    assert coordinator.post(page_of(session), {**data, "for_whom": "Families"}).status_code == 302
    event = AuditEvent.objects.get(pk__in=AuditEvent.objects.order_by("-id").values("pk")[:1])
    assert AuditEvent.objects.count() == before + 1 and (event.action, event.source) == ("change_session", "admin")
    assert event.before == {"for_whom": "", "vaccines": ["MMR"]}
    assert event.after == {"for_whom": "Families", "vaccines": ["6IN1"]}
    session.refresh_from_db()
    assert session.vaccine_codes() == ["6IN1"]
    assert coordinator.post(page_of(session), {**data, "for_whom": "Families"}).status_code == 302
    assert AuditEvent.objects.count() == before + 1, "nothing changed, nothing written"


def test_the_venue_of_a_clinic_stays_once_anybody_is_booked(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), at=timezone.now())
    first, other = session.venue, make_venue(team, name="Other Hall")
    data = {**unchanged_periods(session), "venue": other.pk}
    assert coordinator.post(page_of(session), data).status_code == 302
    session.refresh_from_db()
    assert session.venue == other, "nobody is booked yet"
    book(session, at=timezone.now())
    assert 'name="venue"' not in coordinator.get(page_of(session)).content.decode()
    assert coordinator.post(page_of(session), {**data, "venue": first.pk}).status_code == 302
    session.refresh_from_db()
    assert session.venue == other


def test_a_venue_saved_while_somebody_books_is_refused(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), at=timezone.now())
    first, other = session.venue, make_venue(team, name="Other Hall")
    data = {**unchanged_periods(session), "venue": other.pk}
    with right_after_it_is_read(lambda read: book(session, at=timezone.now())):
        response = coordinator.post(page_of(session), data)
    assert response.status_code == 422 and "somebody is booked" in response.content.decode()
    session.refresh_from_db()
    assert session.venue == first


@pytest.mark.parametrize("change", [{"date": date(2030, 1, 1)}, {"appointment_minutes": 20}, {"slug": "elsewhere"}])
def test_what_places_hang_on_is_fixed_for_every_door_once_a_clinic_is_published(team, change):
    session = make_session(venue=make_venue(team), date=soon(), at=timezone.now())
    with pytest.raises(ClinicRefused):
        change_session(session=session, changes=change, by=None, at=timezone.now(), source="command")


def test_publishing_asks_first_says_what_is_missing_and_never_fails(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), published=False, vaccines=[], at=timezone.now())
    asked = act(coordinator, session, "publish")
    assert "Publish these clinics?" in asked.content.decode()
    session.refresh_from_db()
    assert session.state == "draft"
    refused = act(coordinator, session, "publish", confirmed="yes")
    assert refused.status_code == 200 and "Say which vaccines the clinic offers" in refused.content.decode()
    session.offers.create(vaccine="MMR")
    done = act(coordinator, session, "publish", confirmed="yes")
    assert "is published" in done.content.decode()
    session.refresh_from_db()
    assert session.state == "published" and session.places.count() == 24
    assert AuditEvent.objects.get(action="publish_session").source == "admin"


def test_stopping_new_bookings_is_not_cancelling(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), at=timezone.now())
    book(session, at=timezone.now())
    assert "does not cancel the clinic" in act(coordinator, session, "stop_bookings").content.decode()
    act(coordinator, session, "stop_bookings", confirmed="yes")
    session.refresh_from_db()
    assert session.state == "bookings_closed"
    assert Appointment.objects.get().state == "booked"
    act(coordinator, session, "take_bookings", confirmed="yes")
    session.refresh_from_db()
    assert session.state == "published"
    page = coordinator.get(page_of(session)).content.decode()
    assert (
        'value="stop_bookings">' in page
        and 'value="close_off">' not in page.split('class="moves"')[1].split("</form>")[0]
    )


def test_cancelling_counts_families_and_people_needs_a_reason_and_reaches_the_appointments(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), at=timezone.now())
    book(session, child(), child("Bilal"), at=timezone.now())
    book(session, child("Caleb"), at=timezone.now(), contact=contact(email="", phone=""))
    page = act(coordinator, session, "cancel").content.decode()
    assert "3 people are booked." in page and "2 families are booked." in page
    assert "1 family gave neither an email address nor a phone number." in page
    assert "Enter reason" in act(coordinator, session, "cancel", confirmed="yes", reason="  ").content.decode()
    assert Appointment.objects.filter(state="booked").count() == 3
    act(coordinator, session, "cancel", confirmed="yes", reason="No heating \x00 in the hall")
    session.refresh_from_db()
    assert session.state == "cancelled" and "No heating" in session.cancelled_reason
    assert Appointment.objects.filter(state="cancelled").count() == 3
    shown = coordinator.get(page_of(session))
    assert shown.status_code == 200 and "View " in shown.context["title"]
    assert "No heating" in shown.content.decode()
    again = act(coordinator, session, "cancel", confirmed="yes", reason="Again")
    assert again.status_code == 200 and "cannot be cancelled" in again.content.decode()


def test_another_teams_clinic_cannot_be_acted_on(coordinator):
    other = make_session(date=soon(), at=timezone.now())
    act(coordinator, other, "cancel", confirmed="yes", reason="Mine now")
    other.refresh_from_db()
    assert other.state == "published"
    assert coordinator.get(page_of(other)).status_code == 404
    assert coordinator.get(f"{LIST}{other.pk}/change/").status_code == 404


def test_a_page_by_its_key_leads_to_its_outside_name(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), at=timezone.now())
    assert coordinator.get(f"{LIST}{session.pk}/change/")["Location"] == page_of(session)
    assert str(session.public_id) in coordinator.get(LIST).content.decode()
    assert coordinator.get(f"{LIST}nonsense/change/").status_code == 404
    assert coordinator.get(f"{LIST}{'9' * 40}/change/").status_code == 404


def test_the_history_of_a_clinic_shows_what_every_door_did(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), at=timezone.now())
    act(coordinator, session, "stop_bookings", confirmed="yes")
    page = coordinator.get(reverse("admin:clinics_clinicsession_history", args=[session.public_id])).content.decode()
    assert "publish_session" in page and "close_bookings" in page and "admin" in page


def test_a_venue_is_saved_with_its_postcode_put_right_and_written_down(coordinator, team):
    data = {
        "team": team.pk,
        "name": "Hampton Hall",
        "kind": "hall",
        "address": "2 Bridge Street",
        "town": "Hampton",
        "postcode": " wr112aa ",
        "ods_code": "X99999",
    }
    url = reverse("admin:clinics_venue_add")
    assert "postcode" in coordinator.post(url, {**data, "postcode": "nowhere"}).content.decode()
    assert coordinator.post(url, data).status_code == 302
    venue = Venue.objects.get()
    assert venue.postcode == "WR11 2AA"
    event = AuditEvent.objects.get(object_id=venue.public_id)
    assert event.source == "admin" and event.after["name"] == "Hampton Hall" and event.team_id == team.pk
    change = reverse("admin:clinics_venue_change", args=[venue.public_id])
    coordinator.post(change, {**data, "town": "Little Hampton"})
    event = AuditEvent.objects.filter(object_id=venue.public_id).latest("id")
    assert (event.before["town"], event.after["town"]) == ("Hampton", "Little Hampton")
    coordinator.post(change, {**data, "town": "Little Hampton", "postcode": "WR11 2AA"})
    assert AuditEvent.objects.filter(object_id=venue.public_id).count() == 2, "nothing changed, nothing written"


def test_the_clinical_lead_s_advice_after_an_early_second_dose_is_switched_off_for_a_clinic(coordinator, team):
    session = make_session(venue=make_venue(team), date=soon(), published=False, at=timezone.now())
    data = unchanged_periods(session) | {"slug": session.slug}
    del data["advise_18_month_dose"]
    assert coordinator.post(page_of(session), data).status_code == 302
    session.refresh_from_db()
    assert session.advise_18_month_dose is False
    assert AuditEvent.objects.filter(object_id=session.public_id, after={"advise_18_month_dose": False}).exists()
