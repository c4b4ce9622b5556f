"""Finding a clinic: the list, the search and each clinic's own page."""

import gzip
import re
from datetime import date, time, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings.actions import cancel_session
from clinics.actions import close_bookings
from clinics.models import ClinicSession, Place
from clinics.times import wall_time
from tests.support.factories import DAY, NOW, book, child, make_session, make_team, make_venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def county(team):
    """Clinics in Evesham, Great Malvern and Worcester."""
    towns = {"Evesham": "WR11 4RW", "Great Malvern": "WR14 2EX", "Worcester": "WR1 2EY"}
    return {
        town: make_session(venue=make_venue(team, town=town, postcode=postcode), slug=town.lower().replace(" ", "-"))
        for town, postcode in towns.items()
    }


def test_the_start_page_says_what_nobody_needs_and_leads_to_the_first_question(visitor):
    visitor.goes("/")
    assert "You do not need an NHS number, a GP surgery, a home address or proof of who you are" in visitor.text
    assert 'href="/book/"' in visitor.page.content.decode()
    assert "If you want to book by phone Phone 01632 960 001" in visitor.text
    # What is to be known stands above the button: people miss what is under it.
    page = visitor.page.content.decode()
    assert page.index("proof of who you are") < page.index("Start now") < page.index("/what-is-needed/")
    assert 'href="/guides/"' in page and 'href="/guides/privacy/"' in page


@pytest.mark.once
def test_the_first_page_is_under_100_kilobytes_as_it_is_sent(visitor):
    """The page with its style sheets, scripts and icon, compressed as the production server sends them.

    The pictures that a style sheet names are fetched by pages that show them, which this one does not.
    """
    visitor.goes("/")
    page = visitor.page.content
    named = re.findall(rb'(?:href|src)="/static/([^"]+)"', page)
    assert len(named) == 5
    sent = {name: (settings.BASE_DIR / "static" / name.decode()).read_bytes() for name in named}
    sizes = [len(gzip.compress(each, 6)) for each in (page, *sent.values())]
    assert sum(sizes) < 100_000, sizes


def test_a_full_clinic_leads_to_its_waiting_list_and_a_drop_in_to_its_queue(visitor, team):
    full = make_session(team, periods=((time(10), time(10, 10), 1),), slug="full")
    book(full, child())
    make_session(team, drop_in_from=time(10), drop_in_until=time(12), slug="drop-in")
    assert 'href="/waiting-list/?clinic=full"' in visitor.goes("/clinics/full/").page.content.decode()
    assert 'href="/drop-in/"' in visitor.goes("/clinics/drop-in/").page.content.decode()
    for vaccine_guide in ("mmr-and-mmrv", "6-in-1", "at-the-clinic"):
        assert f'href="/guides/{vaccine_guide}/"' in visitor.page.content.decode()


def test_the_list_works_without_any_search_and_counts_first(visitor, county):
    visitor.goes("/clinics/")
    assert "3 clinics, soonest first" in visitor.text
    assert "Next: Saturday 21 November 2026 Appointments in the morning." in visitor.text
    assert "No steps to the room" in visitor.text


@pytest.mark.parametrize(
    ("typed", "reduced"),
    [
        ("wr11 4bs", "WR11"),
        ("WR114BS", "WR11"),
        ("wr11", "WR11"),
        ("Wr11 4", "WR11"),
        ("12 High Street, Evesham WR11 4BS", "WR11"),
        ("evesham", "Evesham"),
        ("EVESHAM, Worcestershire", "Evesham"),
        ("eves", "Evesham"),
        ("malvern", "Great Malvern"),
        ("wr", "WR"),
    ],
)
def test_a_search_is_reduced_before_it_is_in_an_address(visitor, county, typed, reduced):
    visitor.answers("/clinics/", near=typed)
    assert visitor.page.redirect_chain == [(f"/clinics/?near={reduced.replace(' ', '+')}", 302)]
    assert f"clinics near {reduced}, nearest first" in visitor.text


def test_an_address_made_elsewhere_is_reduced_before_it_is_shown(visitor, county):
    answer = visitor.client.get("/clinics/?near=wr11+4bs")
    assert (answer.status_code, answer["Location"]) == (302, "/clinics/?near=WR11")


def test_the_nearest_clinic_comes_first_with_its_distance(visitor, county):
    visitor.goes("/clinics/?near=WR14")
    assert "3 clinics near WR14, nearest first" in visitor.text
    order = [visitor.text.index(f"{town} clinic") for town in ("Great Malvern", "Worcester", "Evesham")]
    assert order == sorted(order)
    assert "About 0.5 miles away" in visitor.text and "About 17 miles away" in visitor.text


@pytest.mark.parametrize("typed", ["XX9", "Atlantis", "💉", "<script>alert(1)</script>", "‮abc", "ZZ99 3VZ"])
def test_a_place_that_is_not_known_gets_a_sentence(visitor, county, typed):
    for ask in (lambda: visitor.answers("/clinics/", near=typed), lambda: visitor.goes(f"/clinics/?near={typed}")):
        ask()
        assert visitor.page.status_code == 422
        assert "We cannot find “" in visitor.text and "– check it, or try a nearby town or a postcode" in visitor.text
        assert "<title>Error: " in visitor.page.content.decode()
        assert "<script>alert" not in visitor.page.content.decode()
        assert "3 clinics, soonest first" in visitor.text


@pytest.mark.parametrize("typed", ["", "   ", "x" * 5000, "a\x00b"])
def test_a_search_that_is_no_place_at_all_says_what_to_enter(visitor, county, typed):
    visitor.answers("/clinics/", near=typed)
    assert visitor.page.status_code == 422
    assert "There is a problem" in visitor.text


def test_a_name_that_could_be_several_towns_asks_which(visitor, county, team):
    make_session(venue=make_venue(team, town="Malvern Link", postcode="WR14 1AB"))
    visitor.answers("/clinics/", near="malvern", only=["drop-in"])
    assert "Which place do you mean?" in visitor.text
    assert re.findall(r'name="which" type="radio" value="([^"]+)"', visitor.page.content.decode()) == [
        "Great Malvern",
        "Malvern Link",
        "none",
    ]
    sent = {"choose": "yes", "near": "malvern", "only": ["drop-in"]}
    visitor.answers("/clinics/", **sent)
    assert visitor.page.status_code == 422 and "Select the place that you mean" in visitor.text
    visitor.answers("/clinics/", **sent, which="Great Malvern")
    assert visitor.page.redirect_chain == [("/clinics/?near=Great+Malvern&only=drop-in", 302)]
    visitor.answers("/clinics/", **sent, which="none")
    assert visitor.page.redirect_chain == [("/clinics/?only=drop-in", 302)]
    for odd in ("Redditch", "\x00", "x" * 5000):
        assert visitor.answers("/clinics/", **sent, which=odd).page.status_code == 422
        assert visitor.answers("/clinics/", choose="yes", near=odd, which="none").page.status_code == 200


@pytest.mark.parametrize(
    ("wishes", "listed"),
    [
        (["drop-in"], {"Drop-in"}),
        (["late"], {"Evening", "Saturday"}),
        (["week"], {"Drop-in", "Saturday"}),
        (["week", "drop-in"], {"Drop-in"}),
        (["week", "late", "drop-in"], set()),
        (["no-steps"], {"Evening", "Full"}),
        (["quiet"], {"Saturday", "Full"}),
        (["nonsense"], {"Drop-in", "Evening", "Saturday", "Full"}),
    ],
)
def test_only_clinics_that_have_what_was_asked_for_are_listed(visitor, team, wishes, listed):
    level = make_venue(team, step_free=True)
    quiet = make_venue(team, step_free=True, quiet_space=True)
    make_session(team, name="Drop-in", date=DAY - timedelta(days=3), drop_in_from=time(10), drop_in_until=time(12))
    make_session(venue=level, name="Evening", date=DAY + timedelta(days=3), periods=((time(15), time(18), 1),))
    saturday = make_session(team, name="Saturday")
    full = make_session(venue=quiet, name="Full", date=DAY - timedelta(days=2), periods=((time(16), time(16, 10), 1),))
    Place.objects.filter(pk=saturday.places.earliest("pk").pk).update(kept_for=Place.KeptFor.EXTRA_TIME)
    book(full, child())
    visitor.answers("/clinics/", near="evesham", only=[wish for wish in wishes if wish != "nonsense"])
    if wishes == ["nonsense"]:
        visitor.goes("/clinics/?only=nonsense")
    for name in ("Drop-in", "Evening", "Saturday", "Full"):
        assert (f">{name}</a>" in visitor.page.content.decode()) == (name in listed), name
    if not listed:
        assert "No clinic has all that you ask for" in visitor.text
        assert "Show all clinics" in visitor.text and "Ask your GP surgery for a vaccination" in visitor.text
    for wish in wishes:
        assert (f'value="{wish}" checked' in visitor.page.content.decode()) == (wish != "nonsense")


def test_wishes_need_no_place_and_stay_on_the_next_page(visitor, team):
    for number in range(11):
        make_session(venue=make_venue(team, town=f"Town {number}"), drop_in_from=time(10), drop_in_until=time(12))
    visitor.answers("/clinics/", near="", only=["drop-in"])
    assert visitor.page.redirect_chain == [("/clinics/?only=drop-in", 302)]
    assert 'href="?only=drop-in&amp;page=2"' in visitor.page.content.decode()
    visitor.goes("/clinics/?near=wr11+4bs&only=drop-in")
    assert visitor.page.redirect_chain == [("/clinics/?near=WR11&only=drop-in", 302)]


def test_a_venue_with_several_dates_is_listed_once_with_the_next_ones(visitor, team):
    venue = make_venue(team)
    for week in range(6):
        make_session(venue=venue, date=DAY + timedelta(weeks=week), slug=f"evesham-{week}")
    visitor.goes("/clinics/")
    assert "1 clinic " in visitor.text
    assert "Next: Saturday 21 November 2026" in visitor.text
    assert "Saturday 28 November 2026" in visitor.text and "And 2 more dates" in visitor.text
    assert 'href="/clinics/evesham-1/"' in visitor.page.content.decode()


def test_the_list_says_what_is_left(visitor, team):
    full = make_session(team, periods=((time(10), time(10, 10), 1),), slug="full")
    book(full, child())
    make_session(team, periods=((time(14), time(16), 1),), drop_in_from=time(10), drop_in_until=time(12), slug="later")
    visitor.goes("/clinics/")
    assert "All appointments are taken." in visitor.text
    assert "Appointments in the afternoon. Drop in 10am to midday, no booking." in visitor.text
    visitor.goes("/clinics/full/")
    assert "All appointments at this clinic are taken" in visitor.text and "Book at this clinic" not in visitor.text
    visitor.goes("/clinics/later/")
    assert "Drop in without booking 10am to midday" in visitor.text


def test_without_clinics_the_list_says_what_to_do(visitor):
    visitor.goes("/clinics/")
    assert "There are no clinics to book right now" in visitor.text and "Ask your GP surgery" in visitor.text
    assert "Phone us on 01632 960 001" in visitor.text
    assert 'href="/clinics/?only=drop-in"' in visitor.page.content.decode()


def test_where_nothing_near_can_be_had_the_list_says_what_else_can_be_done(visitor, team):
    near = make_session(venue=make_venue(team, town="Evesham"), periods=((time(10), time(10, 10), 1),))
    visitor.goes("/clinics/?near=WR11")
    assert "No clinic within" not in visitor.text
    book(near, child())
    make_session(venue=make_venue(team, town="Great Malvern", postcode="WR14 2EX"), slug="malvern")
    visitor.goes("/clinics/?near=WR11")
    assert "2 clinics near WR11, nearest first" in visitor.text
    assert "No clinic within 15 miles of WR11 has a free appointment or a drop-in." in visitor.text
    assert "Search in a wider area: show all clinics" in visitor.text
    assert 'href="/clinics/?only=drop-in&amp;near=WR11"' in visitor.page.content.decode()
    # Farther away there is one.
    assert 'href="/clinics/malvern/"' in visitor.page.content.decode()
    ClinicSession.objects.filter(pk=near.pk).update(drop_in_from=time(10), drop_in_until=time(12))
    assert "No clinic within" not in visitor.goes("/clinics/?near=WR11").text


def test_what_is_ticked_of_a_venue_is_said_once(visitor, team):
    access = "No steps to the room\nFree parking outside"
    venue = make_venue(team, step_free=True, quiet_space=True, access=access, travel="Bus 144 stops outside")
    make_session(venue=venue, slug="evesham")
    for path in ("/clinics/", "/clinics/evesham/"):
        visitor.goes(path)
        assert visitor.text.count("No steps to the room") == (2 if path == "/clinics/" else 1)
        assert "A quiet place if you need it" in visitor.text and "Free parking outside" in visitor.text
    assert "How to get there Bus 144 stops outside" in visitor.text


@pytest.mark.parametrize("who", ["closed_list", "invited"])
def test_a_clinic_that_is_not_for_everybody_does_not_exist(visitor, other_visitor, team, who):
    venue = make_venue(team, town="Tardebigge", name="HMP Hewell", postcode="B97 6QS")
    hidden = make_session(venue=venue, who_may_book=who, slug="hewell")
    visitor.goes("/clinics/")
    assert "Hewell" not in visitor.text and "There are no clinics" in visitor.text
    visitor.answers("/clinics/", near="Tardebigge")
    assert "We cannot find “Tardebigge”" in visitor.text
    unknown = other_visitor.goes("/clinics/no-such-clinic/").page
    page = visitor.goes("/clinics/hewell/").page
    assert (page.status_code, page.content) == (unknown.status_code, unknown.content)
    # Nor can it be booked: by its address, or by its day's or venue's id.
    visitor.starts("hewell")
    assert "Hewell" not in visitor.text
    visitor.names("Amina").answers(another="no")
    assert visitor.heading == "Choose a clinic" and "Hewell" not in visitor.text
    draft = visitor.path
    visitor.goes(f"{draft}{venue.public_id}/")
    assert visitor.heading == "Choose a clinic"
    visitor.answers(f"{draft}{venue.public_id}/", day=str(hidden.public_id))
    assert visitor.heading == "Choose a clinic"


def test_a_draft_and_one_cancelled_before_it_was_published_do_not_exist(visitor, team):
    make_session(team, published=False, slug="draft")
    never = make_session(team, published=False, slug="never")
    cancel_session(session=never, reason="No hall", by=None, source="test", at=NOW)
    for slug in ("draft", "never"):
        assert visitor.goes(f"/clinics/{slug}/").page.status_code == 404


def test_a_cancelled_a_closed_and_a_past_clinic_say_so(visitor, team):
    cancelled = make_session(team, slug="cancelled")
    cancel_session(session=cancelled, reason="The hall is flooded", by=None, source="test", at=NOW)
    closed = make_session(team, slug="closed")
    close_bookings(session=closed, by=None, source="test", at=NOW)
    make_session(team, slug="past", date=date(2026, 11, 1), at=NOW - timedelta(weeks=3))
    assert "This clinic is cancelled" in visitor.goes("/clinics/cancelled/").text
    assert "Bookings for this clinic have closed" in visitor.goes("/clinics/closed/").text
    assert "This clinic is over" in visitor.goes("/clinics/past/").text
    for slug in ("cancelled", "closed", "past"):
        assert "Book at this clinic" not in visitor.goes(f"/clinics/{slug}/").text
        assert ("ome anyway" in visitor.text) == (slug == "closed")
        visitor.starts(slug)
        assert visitor.path == f"/clinics/{slug}/"
    assert "1 clinic" in visitor.goes("/clinics/").text and "Bookings have closed." in visitor.text


@pytest.mark.parametrize(("at", "over"), [(time(9), False), (time(12, 59), False), (time(13), True)])
def test_on_its_day_a_clinic_is_over_when_its_last_hours_have_ended(visitor, team, at, over):
    make_session(team, slug="today", drop_in_from=time(11), drop_in_until=time(13))
    with time_machine.travel(wall_time(DAY, at), tick=False):
        assert ("This clinic is over" in visitor.goes("/clinics/today/").text) == over
        assert ("There are no clinics to book" in visitor.goes("/clinics/").text) == over


def test_the_page_of_a_clinic_tells_where_and_how_to_get_in(visitor, team):
    make_session(team, slug="evesham", for_whom="Children under 5", languages_spoken="Polish")
    visitor.goes("/clinics/evesham/")
    for words in (
        "Saturday 21 November 2026",
        "10am to midday",
        "Children under 5",
        "MMR",
        "1 Market Place",
        "The main hall, through the doors on the left",
        "Free parking outside",
        "Polish",
    ):
        assert words in visitor.text


def test_the_list_says_at_once_what_changed(visitor, team):
    session = make_session(venue=make_venue(team, town="Evesham", access="Free parking outside"), slug="evesham")
    text = visitor.goes("/clinics/").text
    assert "Appointments in the morning." in text
    session.venue.access = "No steps to the room"
    session.venue.save()
    assert "No steps to the room" in visitor.goes("/clinics/").text
    assert "Free parking outside" not in visitor.text
    ClinicSession.objects.filter(pk=session.pk).update(
        name="Town hall clinic", drop_in_from=time(10), drop_in_until=time(12)
    )
    assert "Town hall clinic" in visitor.goes("/clinics/").text
    assert "Drop in 10am to midday, no booking." in visitor.text
    Place.objects.update(withdrawn_at=NOW)
    assert "All appointments are taken." in visitor.goes("/clinics/").text
    assert "miles away" not in visitor.text
    assert "miles away" in visitor.goes("/clinics/?near=B97").text


def queries_of(visitor, path):
    visitor.client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert visitor.client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["/clinics/", "/clinics/?near=WR11"])
def test_the_list_costs_the_same_queries_for_3_and_for_30_clinics(visitor, team, path):
    for number in range(3):
        make_session(venue=make_venue(team, town=f"Town {number}"))
    few = queries_of(visitor, path)
    for number in range(3, 30):
        make_session(venue=make_venue(team, town=f"Town {number}"))
    assert queries_of(visitor, path) == few <= 3
    assert "Page 1 of 3" in visitor.goes(path).text
    joiner = "&" if "?" in path else "?"
    assert "Page 3 of 3" in visitor.goes(f"{path}{joiner}page=3").text
    for odd in ("0", "-1", "x", "999999999999", "²"):
        assert visitor.goes(f"{path}{joiner}page={odd}").page.status_code == 200


def test_a_search_needs_no_cookie(county):
    answer = Client(enforce_csrf_checks=True).post("/clinics/", {"near": "evesham"})
    assert answer.status_code == 302
    assert not answer.cookies


def test_the_page_about_the_service_names_whose_data_it_uses(visitor):
    visitor.goes("/about/")
    assert "Contains OS data © Crown copyright and database right" in visitor.text
