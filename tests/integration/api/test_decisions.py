"""What holds for life is lifted, and what two entries are is decided, through the API as on the clinic's screens."""

from datetime import timedelta

import pytest

from accounts.models import AuditEvent, RecordView, Role
from immunisations import actions
from immunisations.models import DoseJudgement, FactLifted
from tests.support.factories import make_team, make_user
from tests.support.records import AT, make_room

pytestmark = pytest.mark.django_db
FACT = "anaphylaxis-measles"


@pytest.fixture
def room(now):
    now.move_to(AT + timedelta(minutes=30))
    return make_room()


@pytest.fixture
def person(room):
    """Somebody with a confirmed reaction to a measles vaccine."""
    visit = room.visit()
    room.screen(visit, {"vaccine_reaction": [FACT]})
    return visit.person


@pytest.fixture
def nurse(calling, room):
    return calling(room.nurse)


@pytest.fixture
def senior(calling, room):
    return calling(room.senior)


def lift(caller, person, fact=FACT, key=None, **body):
    return caller.post(f"people/{person.public_id}/facts/{fact}/lift/", body or {"reason": "Ruled out."}, key=key)


def facts(caller, person):
    return [each["fact"] for each in caller.get(f"people/{person.public_id}/facts/").json()["results"]]


class TestFacts:
    def test_what_holds_for_life_is_listed_with_who_confirmed_it_and_the_look_is_written_down(
        self, nurse, room, person
    ):
        [fact] = nurse.get(f"people/{person.public_id}/facts/").json()["results"]
        assert (fact["fact"], fact["confirmed_by"], fact["from_reaction"]) == (FACT, str(room.nurse), False)
        assert fact["words"] and fact["confirmed_at"] == AT.isoformat()
        assert RecordView.objects.filter(person_id=person.public_id, page="api facts").count() == 1

    def test_a_senior_nurse_lifts_it_and_it_no_longer_holds(self, senior, room, person):
        answer = lift(senior, person, reason="  Ruled out by tests. ")
        body = answer.json()
        assert answer.status_code == 201
        assert (body["fact"], body["reason"], body["lifted_by"]) == (FACT, "Ruled out by tests.", str(room.senior))
        assert facts(senior, person) == []
        assert AuditEvent.objects.get(action="lift_fact").source == "api"

    def test_lifted_before_it_comes_back_as_it_was_lifted(self, senior, person):
        first, again = lift(senior, person), lift(senior, person, reason="Another reason.")
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json() and FactLifted.objects.count() == 1

    def test_the_same_key_lifts_once(self, senior, person):
        first, again = lift(senior, person, key="once"), lift(senior, person, key="once")
        assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
        assert lift(senior, person, key="once", reason="Another").status_code == 422

    @pytest.mark.parametrize("fact", ["anaphylaxis-hpv", "pregnant", "nothing-of-the-kind"])
    def test_what_does_not_stand_cannot_be_lifted(self, senior, person, fact):
        assert lift(senior, person, fact).status_code == 404
        assert not FactLifted.objects.exists()

    @pytest.mark.parametrize("reason", ["", "   ", "\x00", "x" * 301, 7, None, ["x"]])
    def test_a_reason_that_is_none_is_refused_at_its_field(self, senior, person, reason):
        answer = lift(senior, person, reason=reason)
        assert answer.status_code == 400 and list(answer.json()["fields"]) == ["reason"]
        assert facts(senior, person) == [FACT]

    def test_a_vaccinator_may_read_but_not_lift_and_another_team_sees_nothing(self, nurse, calling, person):
        assert lift(nurse, person).status_code == 403 and facts(nurse, person) == [FACT]
        stranger = calling(make_user(make_team(), Role.SENIOR_NURSE))
        assert lift(stranger, person).status_code == 404
        assert stranger.get(f"people/{person.public_id}/facts/").status_code == 404


def judge(caller, whose, days=("2024-04-03", "2024-04-05"), key=None, **body):
    sent = {
        "person": str(whose.public_id),
        "first": {"vaccine": "MMR", "given_on": days[0]},
        "second": {"vaccine": "MMR", "given_on": days[1]},
        "verdict": "one_dose",
        "holds_on": days[0],
        "reason": "The stamp is legible.",
        **body,
    }
    return caller.post("dose-judgements/", {name: value for name, value in sent.items() if value != "none"}, key=key)


def judgements(caller, person):
    return caller.get("dose-judgements/", person=str(person.public_id)).json()


class TestTwoEntries:
    @pytest.fixture
    def person(self, room):
        """Somebody with two entries of different records, two days apart."""
        visit = room.visit()
        for source, day in (("red_book", "2024-04-03"), ("gp_record", "2024-04-05")):
            actions.record_check(
                visit=visit, source=source, outcome="doses_found", finding="One MMR",
                doses=[actions.FoundDose("MMR", day)], by=room.nurse, at=AT,
            )  # fmt: skip
        return visit.person

    def test_they_are_asked_about_until_somebody_decides(self, nurse, room, person):
        asked = judgements(nurse, person)
        assert asked["results"] == []
        assert asked["questions"] == [
            {
                "first": {"vaccine": "MMR", "given_on": "2024-04-03"},
                "second": {"vaccine": "MMR", "given_on": "2024-04-05"},
                "words": "MMR on 3 and 5 April 2024 from two records: one dose written twice?",
            }
        ]
        answer = judge(nurse, person)
        assert answer.status_code == 201
        decided = judgements(nurse, person)
        assert decided == {"questions": [], "results": [answer.json()]}
        assert (answer.json()["holds_on"], answer.json()["decided_by"]) == ("2024-04-03", str(room.nurse))
        assert AuditEvent.objects.get(action="judge_doses").source == "api"
        assert RecordView.objects.filter(person_id=person.public_id, page="api dose judgements").count() == 2

    def test_decided_anew_the_latest_holds_and_both_stay(self, nurse, person):
        judge(nurse, person)
        assert judge(nurse, person, verdict="two_doses", holds_on=None).status_code == 201
        assert [each["verdict"] for each in judgements(nurse, person)["results"]] == ["one_dose", "two_doses"]

    def test_named_in_the_other_order_they_are_the_same_pair(self, nurse, person):
        answer = judge(nurse, person, days=("2024-04-05", "2024-04-03"))
        assert (answer.status_code, answer.json()["first"]["given_on"]) == (201, "2024-04-03")

    def test_sent_twice_it_is_one_decision(self, nurse, person):
        sent = {"client_uuid": "6a1f2d0e-8f0a-4a57-9a1e-1f2d3c4b5a69"}
        assert [judge(nurse, person, **sent).status_code for _ in range(2)] == [201, 200]
        assert [judge(nurse, person, key="k").status_code for _ in range(2)] == [201, 200]
        assert DoseJudgement.objects.count() == 2

    def test_entries_that_are_not_on_the_record_are_not_decided(self, nurse, room, person):
        answer = judge(nurse, person, days=("2024-04-03", "2024-04-06"))
        assert (answer.status_code, answer.json()["code"]) == (409, "not_asked")
        other = room.person("Bilal")
        assert judge(nurse, other).json()["code"] == "not_asked"
        assert not DoseJudgement.objects.exists()

    def test_a_client_uuid_of_somebody_else_s_decision_is_refused(self, nurse, room, person):
        sent = {"client_uuid": "6a1f2d0e-8f0a-4a57-9a1e-1f2d3c4b5a69"}
        judge(nurse, person, **sent)
        answer = judge(nurse, room.person("Bilal"), **sent)
        assert (answer.status_code, answer.json()["code"]) == (409, "used_before")

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"holds_on": "none"}, "holds_on"),
            ({"holds_on": "2024-04-04"}, "holds_on"),
            ({"verdict": "two_doses"}, "holds_on"),
            ({"verdict": "three"}, "verdict"),
            ({"first": {"vaccine": "OTHER", "given_on": "2024-04-03"}}, "first"),
            ({"first": {"vaccine": "MMR", "given_on": "2024-04"}}, "first"),
            ({"first": "MMR"}, "first"),
            ({"second": {"vaccine": "MMR", "given_on": "2024-04-05", "batch": "X"}}, "second"),
            ({"reason": ""}, "reason"),
            ({"reason": "x" * 501}, "reason"),
            ({"person": "x"}, "person"),
            ({"more": 1}, "more"),
        ],
    )
    def test_a_decision_with_a_mistake_says_where(self, nurse, person, wrong, field):
        answer = judge(nurse, person, **wrong)
        assert answer.status_code == 400 and list(answer.json()["fields"]) == [field]
        assert not DoseJudgement.objects.exists()

    def test_the_desk_may_read_but_not_decide_and_another_team_sees_nothing(self, calling, room, person):
        desk, stranger = calling(make_user(room.team, Role.DESK)), calling(make_user(make_team(), Role.VACCINATOR))
        assert judge(desk, person).status_code == 403 and judgements(desk, person)["questions"]
        assert judge(stranger, person).status_code == 404
        assert stranger.get("dose-judgements/", person=str(person.public_id)).status_code == 404
