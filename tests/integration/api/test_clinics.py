"""Clinics and free times through the API."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from bookings.actions import cancel_session
from clinics.models import ClinicSession
from tests.support.factories import DAY, NOW, book, child, make_session, make_team, make_user, make_venue

WHO = ClinicSession.WhoMayBook


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [each["name"] for each in answer.json()["results"]]


def test_anybody_reads_public_clinics_and_nothing_of_drafts_or_closed_lists(anybody, team):
    public = make_session(team, name="Open", drop_in_from=time(9), drop_in_until=time(15, 30))
    hidden = [
        make_session(team, name="Draft", published=False),
        make_session(team, name="Prison", who_may_book=WHO.CLOSED_LIST),
        make_session(team, name="Invited", who_may_book=WHO.INVITED),
    ]
    answer = anybody.get("clinic-sessions/")
    assert answer.json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "id": str(public.public_id),
                "slug": public.slug,
                "name": "Open",
                "date": "2026-11-21",
                "state": "published",
                "venue": {
                    "name": public.venue.name,
                    "address": "1 Market Place",
                    "town": "Evesham",
                    "postcode": "WR11 4RW",
                },
                "vaccines": ["MMR", "MMRV", "6IN1"],
                "appointment_minutes": 10,
                "drop_in_from": "09:00",
                "drop_in_until": "15:30",
                "for_whom": "",
                "languages_spoken": "",
            }
        ],
    }
    assert anybody.get(f"clinic-sessions/{public.public_id}/").json() == answer.json()["results"][0]
    for session in hidden:
        for path in ("", "times/"):
            refused = anybody.get(f"clinic-sessions/{session.public_id}/{path}")
            assert refused.status_code == 404 and refused.json()["code"] == "not_found"
    assert "no-store" in answer["Cache-Control"]


def test_a_team_also_sees_its_own_clinics_and_only_its_own(calling, team):
    other = make_team()
    own = make_session(team, name="Own prison", who_may_book=WHO.CLOSED_LIST)
    make_session(team, name="Own draft", published=False)
    theirs = make_session(other, name="Their prison", who_may_book=WHO.CLOSED_LIST)
    make_session(other, name="Their hall")
    nurse = calling(make_user(team, Role.VACCINATOR))
    assert set(names(nurse.get("clinic-sessions/"))) == {"Own prison", "Own draft", "Their hall"}
    assert nurse.get(f"clinic-sessions/{own.public_id}/").status_code == 200
    assert nurse.get(f"clinic-sessions/{theirs.public_id}/").status_code == 404


def test_near_sorts_by_distance_and_never_repeats_a_whole_postcode(anybody, team):
    make_session(venue=make_venue(team, town="Kidderminster", postcode="DY10 1AA"), name="Far", date=DAY)
    make_session(venue=make_venue(team, town="Evesham", postcode="WR11 4RW"), name="Near", date=DAY + timedelta(days=1))
    answer = anybody.get("clinic-sessions/", near="wr11 4bs")
    assert names(answer) == ["Near", "Far"]
    miles = [each["distance_miles"] for each in answer.json()["results"]]
    assert miles[0] < 3 and 15 < miles[1] < 40
    assert names(anybody.get("clinic-sessions/", near="kidderminster")) == ["Far", "Near"]


def test_the_links_of_a_list_name_the_outward_code_alone(anybody, team):
    venue = make_venue(team)
    for number in range(51):
        make_session(venue=venue, date=DAY + timedelta(days=number), periods=[(time(10), time(10, 10), 1)])
    answer = anybody.get("clinic-sessions/", near="WR11 4BS").json()
    assert answer["count"] == 51 and len(answer["results"]) == 50
    assert "near=WR11&" in answer["next"] + "&" and "4BS" not in answer["next"]
    second = anybody.client.get(answer["next"]).json()
    assert len(second["results"]) == 1 and second["next"] is None


@pytest.mark.parametrize("near", ["Atlantis", "ZZ99 9ZZ", "💉", "<script>alert(1)</script>", "x" * 5000, "٣"])
def test_a_place_that_is_not_known_gets_a_sentence(anybody, team, near):
    make_session(team)
    answer = anybody.get("clinic-sessions/", near=near)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid" and answer.json()["fields"]["near"][0].endswith(".")


def test_the_list_is_narrowed_by_day_and_vaccine(anybody, team):
    make_session(team, name="Early", vaccines=["MMR"])
    make_session(team, name="Late", vaccines=["6IN1"], date=date(2026, 12, 5))
    assert names(anybody.get("clinic-sessions/")) == ["Early", "Late"]
    assert names(anybody.get("clinic-sessions/", **{"from": "2026-11-22"})) == ["Late"]
    assert names(anybody.get("clinic-sessions/", vaccine="MMR")) == ["Early"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("from", "21/11/2026"), ("from", "2026-02-30"), ("from", "0000-00-00"), ("vaccine", "COVID"), ("vaccine", "mmr")],
)
def test_a_filter_that_means_nothing_is_refused(anybody, name, value):
    answer = anybody.get("clinic-sessions/", **{name: value})
    assert answer.status_code == 400 and list(answer.json()["fields"]) == [name]


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "9" * 5000, "٣"])
def test_a_page_that_is_not_there_is_not_found(anybody, team, page):
    make_session(team)
    assert anybody.get("clinic-sessions/", page=page).status_code == 404


def test_clinics_of_the_past_are_listed_for_their_team_alone(anybody, calling, team, now):
    make_session(team, name="Past")
    now.move_to(NOW + timedelta(days=30))
    nurse = calling(make_user(team))
    assert names(nurse.get("clinic-sessions/")) == []
    assert names(nurse.get("clinic-sessions/", **{"from": "2026-11-01"})) == ["Past"]
    assert names(anybody.get("clinic-sessions/", **{"from": "2026-11-01"})) == []


def test_free_times_carry_their_offset_and_how_many_fit(anybody, team):
    session = make_session(team, periods=[(time(10), time(10, 30), 2)])
    book(session, child(), child(), starts_at=None)
    times = anybody.get(f"clinic-sessions/{session.public_id}/times/").json()["times"]
    assert sum(each["free"] for each in times) == 4
    assert {each["starts_at"] for each in times} <= {f"2026-11-21T10:{m}0:00+00:00" for m in range(3)}
    summer = make_session(team, date=date(2027, 7, 3), periods=[(time(10), time(10, 10), 1)])
    assert anybody.get(f"clinic-sessions/{summer.public_id}/times/").json() == {
        "times": [{"starts_at": "2027-07-03T10:00:00+01:00", "free": 1}]
    }


def test_a_cancelled_clinic_says_so_and_has_no_times(anybody, team):
    session = make_session(team)
    never_published = make_session(team, published=False)
    for each in (session, never_published):
        cancel_session(session=each, reason="Flood", by=None, source="test", at=NOW)
    assert anybody.get(f"clinic-sessions/{session.public_id}/").json()["state"] == "cancelled"
    assert anybody.get(f"clinic-sessions/{session.public_id}/times/").json() == {"times": []}
    assert anybody.get(f"clinic-sessions/{never_published.public_id}/").status_code == 404


def test_the_list_asks_the_same_number_of_queries_however_long_it_is(anybody, team):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert anybody.get("clinic-sessions/", near="Evesham").status_code == 200
        return len([q for q in captured if "django_cache" not in q["sql"] and "SAVEPOINT" not in q["sql"]])

    make_session(team)
    few = queries()
    for _number in range(8):
        make_session(team)
    assert queries() == few <= 5
