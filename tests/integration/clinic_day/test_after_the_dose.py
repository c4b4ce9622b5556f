"""Reactions, follow-ups and waiting, on the pages of the clinic day."""

import csv
import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import RecordView, Role
from clinics.models import ClinicSession
from immunisations import actions
from immunisations.models import FollowUp, Person, Reaction, Vaccination, Visit
from tests.integration.clinic_day.conftest import Clinic, agree, check, give, signed_in, words
from tests.support.factories import MORNING, make_session, make_team, make_user

RAN = "<script>alert(1)</script>\u202e\U0001f600"


@pytest.fixture
def dose(clinic: Clinic, nurse: Client, amina: Person) -> Vaccination:
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    give(nurse, clinic, amina)
    return Vaccination.objects.get()


def not_given(client: Client, clinic: Clinic, person: Person, **data: Any) -> Any:
    sent = {"series": ["MEASLES"], "reason": "declined", "client_uuid": uuid.uuid4(), **data}
    return client.post(clinic.url("not-given", person.public_id), sent)


class TestReactions:
    def url(self, clinic: Clinic, dose: Vaccination) -> str:
        return clinic.url("reaction-record", dose.person.public_id, dose.public_id)

    def sent(self, **data: Any) -> dict[str, Any]:
        return {
            "kind": "faint",
            "began_time": "10am",
            "began_on_day": MORNING.day,
            "began_on_month": MORNING.month,
            "began_on_year": MORNING.year,
            "actions": ["laid_down"],
            **data,
        }

    @pytest.mark.once
    def test_it_is_one_tap_from_the_dose_with_now_filled_in(self, clinic, nurse, dose):
        there = self.url(clinic, dose)
        assert there in nurse.get(clinic.url("person", dose.person.public_id)).content.decode()
        page = nurse.get(there)
        assert 'value="09:00"' in page.content.decode() or "began_time" in page.content.decode()
        assert "Priorix-Tetra, batch TET1" in words(page)

    @pytest.mark.once
    def test_it_stands_on_the_person_s_page_on_the_sheet_and_in_the_report(self, clinic, nurse, dose):
        now = dose.given_at.astimezone().strftime("%H:%M")
        answer = nurse.post(self.url(clinic, dose), self.sent(began_time=_clock(dose)), follow=True)
        assert answer.status_code == 200, now
        assert "Faint" in words(answer) and "yellowcard.mhra.gov.uk" in words(answer)
        person = dose.person.public_id
        assert "Reactions to doses" in words(nurse.get(clinic.url("person", person)))
        assert "Faint" in words(nurse.get(clinic.url("record-of-today", person)))
        assert "Faint" in words(nurse.get(clinic.url("clinic-day-totals")))

    @pytest.mark.strict
    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"kind": ""}, "Select what happened"),
            ({"kind": "\x00"}, "Select what happened"),
            ({"began_time": "soon"}, "Enter a time"),
            ({"began_time": ""}, "Enter when it began"),
            ({"began_on_day": "40"}, "must be a real date"),
            ({"actions": []}, "Select what was done"),
            ({"kind": "other", "note": ""}, "Enter in words what happened"),
            ({"note": "a" * 1001}, "1000 characters or fewer"),
        ],
    )
    def test_a_mistake_gets_a_sentence_and_keeps_what_was_typed(self, clinic, nurse, dose, wrong, says):
        answer = nurse.post(self.url(clinic, dose), self.sent(**{"note": "Kept words", **wrong}))
        assert answer.status_code == 422 and says in words(answer)
        assert ("Kept words" in answer.content.decode()) == ("note" not in wrong)
        assert not Reaction.objects.exists()

    @pytest.mark.once
    def test_any_words_are_shown_as_words(self, clinic, nurse, dose):
        answer = nurse.post(self.url(clinic, dose), self.sent(began_time=_clock(dose), note=RAN), follow=True)
        assert "<script>alert(1)" not in answer.content.decode() and "&lt;script&gt;alert(1)" in answer.content.decode()

    @pytest.mark.once
    def test_the_file_has_brand_and_batch_and_no_name(self, clinic, nurse, dose):
        nurse.post(self.url(clinic, dose), self.sent(began_time=_clock(dose), note="=1+1"))
        row = Reaction.objects.get()
        answer = nurse.get(clinic.url("reaction-export", dose.person.public_id, row.public_id))
        facts = dict(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert facts["Batch"] == "TET1" and facts["Brand"].startswith("Priorix-Tetra") and facts["In words"] == "'=1+1"
        assert "Khan" not in answer.content.decode()
        assert RecordView.objects.filter(page="reaction-export", person_id=dose.person.public_id).exists()

    def test_a_yellow_card_reference_is_added_later_and_the_first_record_leads_to_it(self, clinic, nurse, dose):
        nurse.post(self.url(clinic, dose), self.sent(began_time=_clock(dose)))
        row = Reaction.objects.get()
        there = clinic.url("reaction-correct", dose.person.public_id, row.public_id)
        nurse.post(there, self.sent(began_time=_clock(dose), yellow_card_reference="ADR 12"))
        latest = Reaction.objects.get(replaces=row)
        answer = nurse.get(clinic.url("reaction", dose.person.public_id, row.public_id), follow=True)
        assert "ADR 12" in words(answer) and answer.redirect_chain[-1][0].endswith(f"{latest.public_id}/")

    def test_another_person_s_reaction_is_not_there(self, clinic, nurse, dose):
        nurse.post(self.url(clinic, dose), self.sent(began_time=_clock(dose)))
        other = actions.add_person(
            team=clinic.team, first_name="B", last_name="C", date_of_birth=MORNING.date(), by=clinic.nurse, at=MORNING
        )
        row = Reaction.objects.get()
        for name in ("reaction", "reaction-export", "reaction-correct"):
            assert nurse.get(clinic.url(name, other.public_id, row.public_id)).status_code == 404
        assert nurse.get(clinic.url("reaction-record", other.public_id, dose.public_id)).status_code == 404

    @pytest.mark.once
    def test_the_desk_reads_a_reaction_and_records_none(self, clinic, nurse, desk, dose):
        nurse.post(self.url(clinic, dose), self.sent(began_time=_clock(dose)))
        row = Reaction.objects.get()
        assert desk.get(clinic.url("reaction", dose.person.public_id, row.public_id)).status_code == 200
        assert desk.get(self.url(clinic, dose)).status_code == 403


def _clock(dose: Vaccination) -> str:
    from django.utils import timezone

    return f"{timezone.localtime(dose.given_at):%H:%M}"


class TestNotGiven:
    @pytest.mark.once
    def test_three_taps_set_the_usual_follow_up(self, clinic, nurse, amina):
        page = words(nurse.get(clinic.url("not-given", amina.public_id)))
        assert "Next: invite again, from" in page and "Nothing more to do" in page
        assert not_given(nurse, clinic, amina, reason="needs_advice").status_code == 302
        row = FollowUp.objects.get()
        assert (row.step, row.owner, row.vaccination.not_done_reason) == ("phone", clinic.nurse, "needs_advice")

    def test_it_is_changed_in_place(self, clinic, nurse, amina):
        senior = make_user(clinic.team, Role.SENIOR_NURSE)
        due = MORNING.date() + timedelta(days=3)
        not_given(
            nurse,
            clinic,
            amina,
            step="refer_gp",
            owner=senior.username,
            due_on_day=due.day,
            due_on_month=due.month,
            due_on_year=due.year,
            next_note="Letter",
        )
        row = FollowUp.objects.get()
        assert (row.step, row.owner, row.due_on, row.note) == ("refer_gp", senior, due, "Letter")

    @pytest.mark.once
    def test_nothing_more_needs_a_word_only_where_the_reason_asks_it(self, clinic, nurse, amina):
        answer = not_given(nurse, clinic, amina, reason="unwell", step="none")
        assert answer.status_code == 422 and "Enter why nothing more is to be done" in words(answer)
        assert "<details" in answer.content.decode() and " open>" in answer.content.decode()
        not_given(nurse, clinic, amina, reason="declined", step="none")
        assert not FollowUp.objects.exists() and Vaccination.objects.count() == 1

    @pytest.mark.strict
    @pytest.mark.parametrize(
        "wrong",
        [
            {"step": "\x00"},
            {"owner": "nobody"},
            {"due_on_day": "31", "due_on_month": "2", "due_on_year": "2027"},
            {"due_on_day": "1", "due_on_month": "1", "due_on_year": "2020"},
            {"step": "other"},
            {"next_note": "a" * 301},
        ],
    )
    def test_a_wrong_next_step_writes_nothing(self, clinic, nurse, amina, wrong):
        assert not_given(nurse, clinic, amina, **wrong).status_code == 422
        assert not Vaccination.objects.exists() and not FollowUp.objects.exists()


class TestFollowUps:
    def add(self, clinic: Clinic, person: Person, **details: Any) -> FollowUp:
        wanted = actions.Wanted(**{"step": "phone", "due_on": MORNING.date(), "note": "", "owner": None, **details})
        return actions.add_follow_up(person=person, session=clinic.session, wanted=wanted, by=clinic.nurse, at=MORNING)

    def test_the_list_says_who_what_when_and_that_it_is_overdue(self, clinic, desk, amina):
        self.add(clinic, amina, due_on=MORNING.date() - timedelta(days=1), note="Ask the mother")
        page = words(desk.get(reverse("follow-ups")))
        assert "Overdue" in page and "KHAN, Amina" in page and "Phone" in page and "Ask the mother" in page
        assert RecordView.objects.filter(page="follow-ups", person_id=amina.public_id).exists()

    @pytest.mark.once
    def test_mine_and_by_reason(self, clinic, nurse, desk, amina):
        not_given(nurse, clinic, amina, reason="needs_advice")
        assert "KHAN" in words(nurse.get(reverse("follow-ups") + "?whose=mine&reason=needs_advice"))
        assert "KHAN" not in words(desk.get(reverse("follow-ups") + "?whose=mine"))
        assert "KHAN" not in words(nurse.get(reverse("follow-ups") + "?reason=declined"))

    @pytest.mark.strict
    @pytest.mark.parametrize("query", ["?after=x", "?after=\x00", "?reason=%00", f"?after={uuid.uuid4()}", "?whose=<"])
    def test_an_odd_address_shows_the_list(self, clinic, desk, amina, query):
        assert desk.get(reverse("follow-ups") + query).status_code in (200, 400)

    def test_fifty_a_page_in_the_same_queries(self, clinic, desk, amina, django_assert_max_num_queries):
        first = self.add(clinic, amina)
        with django_assert_max_num_queries(40) as one:
            desk.get(reverse("follow-ups"))
        for _more in range(60):
            self.add(clinic, amina)
        with django_assert_max_num_queries(len(one)):
            page = desk.get(reverse("follow-ups"))
        assert len(page.context["rows"]) == 50 and page.context["rows"][0].row == first
        following = desk.get(reverse("follow-ups") + f"?after={page.context['following']}")
        assert len(following.context["rows"]) == 11 and following.context["following"] is None

    def test_it_is_closed_with_what_came_of_it(self, clinic, desk, amina):
        row = self.add(clinic, amina)
        there = reverse("follow-up", args=[row.public_id])
        assert desk.get(there).status_code == 200
        answer = desk.post(there, {"does": "close", "close-version": "1", "close-state": "done"})
        assert answer.status_code == 422 and "Enter what came of it" in words(answer)
        desk.post(
            there,
            {"does": "close", "close-version": "1", "close-state": "done", "close-came_of_it": "Booked"},
        )
        row.refresh_from_db()
        assert (row.state, row.came_of_it) == ("done", "Booked")
        assert "Done: Booked" in words(desk.get(there))

    def test_the_second_tablet_is_told_and_nothing_is_overwritten(self, clinic, desk, nurse, amina):
        row = self.add(clinic, amina)
        there = reverse("follow-up", args=[row.public_id])
        sent = {"does": "close", "close-version": "1", "close-state": "done", "close-came_of_it": "Booked"}
        desk.post(there, sent)
        answer = nurse.post(there, {**sent, "close-came_of_it": "No answer"})
        assert answer.status_code == 409 and "closed this at" in words(answer)
        row.refresh_from_db()
        assert row.came_of_it == "Booked"

    def test_it_is_handed_over(self, clinic, desk, amina):
        row = self.add(clinic, amina)
        due = MORNING.date() + timedelta(days=9)
        sent = {
            "does": "change",
            "version": "1",
            "step": "phone",
            "owner": clinic.nurse.username,
            "due_on_day": due.day,
            "due_on_month": due.month,
            "due_on_year": due.year,
        }
        desk.post(reverse("follow-up", args=[row.public_id]), sent)
        row.refresh_from_db()
        assert (row.owner, row.due_on, row.version) == (clinic.nurse, due, 2)

    def test_a_private_wish_is_shown_and_the_reason_is_not(self, clinic, nurse, desk):
        young = actions.add_person(
            team=clinic.team,
            first_name="Zoe",
            last_name="Young",
            date_of_birth=MORNING.date() - timedelta(days=15 * 365),
            by=clinic.nurse,
            at=MORNING,
        )
        visit = actions.arrive(session=clinic.session, person=young, by=clinic.nurse, at=MORNING)
        actions.record_consent(
            visit=visit,
            decision="given",
            route="gillick",
            given_by_name="Zoe Young",
            vaccines=["MMR"],
            gillick=dict.fromkeys(_five(), True),
            parents_not_told=True,
            by=clinic.nurse,
            at=MORNING,
        )
        not_given(nurse, clinic, young, reason="unwell")
        page = words(desk.get(reverse("follow-ups")))
        assert "Private" in page and "unwell" not in page.replace("Unwell today", "")
        row = FollowUp.objects.get()
        assert "asked that parents are not told" in words(desk.get(reverse("follow-up", args=[row.public_id])))

    def test_another_team_s_is_not_there(self, clinic, amina):
        row = self.add(clinic, amina)
        other = make_team()
        make_session(other)
        stranger = signed_in(make_user(other, Role.VACCINATOR))
        assert stranger.get(reverse("follow-up", args=[row.public_id])).status_code == 404
        assert "KHAN" not in words(stranger.get(reverse("follow-ups")))

    @pytest.mark.once
    def test_come_back_is_one_tap_after_a_dose(self, clinic, nurse, dose):
        there = clinic.url("person", dose.person.public_id)
        page = nurse.get(there)
        assert "Come back from" in words(page)
        after = page.context["after"].come_back
        sent = {
            "client_uuid": uuid.uuid4(),
            "step": "invite_again",
            "owner": "team",
            "due_on_day": after.day,
            "due_on_month": after.month,
            "due_on_year": after.year,
        }
        for _press in range(2):
            nurse.post(clinic.url("follow-up-add", dose.person.public_id), sent)
        row = FollowUp.objects.get()
        assert (row.step, row.due_on, row.owner) == ("invite_again", after, None)
        page = words(nurse.get(there))
        assert "Come back from" not in page and "Invite again" in page


def _five() -> list[str]:
    from immunisations.models import GILLICK_ANSWERS

    return list(GILLICK_ANSWERS)


class TestWaiting:
    @pytest.fixture(autouse=True)
    def a_quarter_of_an_hour(self, clinic: Clinic) -> None:
        ClinicSession.objects.filter(pk=clinic.session.pk).update(observation_minutes=15)
        clinic.session.offers.filter(vaccine="6IN1").delete()

    def test_the_person_s_page_and_the_row_say_when_they_can_leave(self, clinic, nurse, dose, this_morning):
        there = clinic.url("person", dose.person.public_id)
        page = words(nurse.get(there))
        assert "Waiting after the dose" in page and "Can leave at" in page
        listed = words(nurse.get(clinic.url("clinic-day-session")))
        assert "Waiting after the dose" in listed and "Can leave at" in listed
        this_morning.shift(timedelta(minutes=15))
        page = words(nurse.get(there))
        assert "Waiting after the dose" not in page and "May leave now" in page
        assert "May leave now" in words(nurse.get(clinic.url("clinic-day-session")))

    @pytest.mark.once
    def test_somebody_who_left_early_is_said_to_have_left(self, clinic, nurse, dose):
        page = nurse.get(clinic.url("person", dose.person.public_id))
        assert "Has left already" in words(page)
        nurse.post(clinic.url("visit-end", dose.person.public_id), {"does": "gone", "seen": page.context["seen"]})
        visit = Visit.objects.get()
        assert visit.left_at == MORNING
        assert "Waiting" not in words(nurse.get(clinic.url("person", dose.person.public_id)))
