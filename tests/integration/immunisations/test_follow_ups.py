"""What is to be done next: the usual after each reason, changed with everybody's knowledge, closed by people."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import AuditEvent, Role
from immunisations import actions
from immunisations.actions.follow_ups import FollowUpRefused
from immunisations.actions.visits import VisitRefused
from immunisations.models import FollowUp, Vaccination
from immunisations.next_steps import RULES, next_step
from immunisations.queries import Choice, follow_up_page, follow_ups_of, given_since
from immunisations.working_days import working_days_after
from tests.support.factories import make_session, make_team, make_user
from tests.support.records import AT, Room

TODAY = date(2026, 3, 13)
Wanted = actions.Wanted
SOON = AT + timedelta(minutes=10)


def wanted(**details) -> Wanted:
    return Wanted(**{"step": "phone", "due_on": date(2026, 3, 20), **details})


def set_up(room: Room, **details) -> FollowUp:
    person = details.pop("person", None) or room.person()
    return actions.add_follow_up(
        **{
            "person": person,
            "session": room.session,
            "wanted": wanted(),
            "by": room.nurse,
            "at": AT,
            **details,
        }
    )


class TestTheUsualNextStep:
    def test_every_reason_has_a_rule(self):
        assert set(RULES) == set(Vaccination.Reason.values)

    @pytest.mark.parametrize(
        ("reason", "step", "due_on", "mine"),
        [
            ("declined", "invite_again", date(2026, 9, 11), False),
            ("unwell", "book_again", date(2026, 3, 27), False),
            ("contraindicated", "refer_gp", date(2026, 3, 20), True),
            ("needs_advice", "phone", date(2026, 3, 20), True),
            ("too_early", "invite_again", date(2026, 4, 10), False),
            ("record_unclear", "find_record", date(2026, 3, 20), False),
            ("no_product", "see_again", date(2026, 4, 10), False),
            ("left", "phone", date(2026, 3, 17), False),
            ("not_produced", "see_again", date(2026, 3, 27), False),
        ],
    )
    def test_each_reason_sets_a_step_an_owner_and_a_day(self, reason, step, due_on, mine):
        found = next_step(reason, today=TODAY)
        assert (found.step, found.due_on, found.mine) == (step, due_on, mine)

    def test_nothing_follows_where_the_course_is_complete(self):
        assert next_step("already_complete", today=TODAY) is None

    def test_too_early_is_invited_from_the_day_a_dose_counts(self):
        assert next_step("too_early", today=TODAY, counts_from=date(2026, 6, 3)).due_on == date(2026, 6, 3)
        assert next_step("too_early", today=TODAY, counts_from=TODAY).due_on == date(2026, 4, 10)

    def test_working_days_leave_out_the_weekend(self):
        assert working_days_after(date(2026, 3, 13), 1) == date(2026, 3, 16)
        assert working_days_after(date(2026, 3, 14), 5) == date(2026, 3, 20)


class TestNotGiven:
    def test_the_record_and_its_follow_up_are_one_press(self, room):
        visit, once = room.ready(), uuid.uuid4()
        for _press in range(2):
            [row] = room.decline(visit, follow_up=wanted(step="invite_again"), client_uuid=once)
        follow_up = FollowUp.objects.get()
        assert (follow_up.vaccination, follow_up.visit, follow_up.step) == (row, visit, "invite_again")

    def test_a_wrong_follow_up_leaves_nothing_written(self, room):
        visit = room.ready()
        with pytest.raises(FollowUpRefused):
            room.decline(visit, follow_up=wanted(step="other", note=""))
        assert not Vaccination.objects.exists() and not FollowUp.objects.exists()

    def test_a_later_word_changes_the_follow_up_instead_of_adding_one(self, room):
        visit = room.ready()
        room.decline(visit, reason="unwell", follow_up=wanted(step="book_again"))
        [row] = room.decline(visit, follow_up=wanted(step="invite_again"), by=room.senior, at=SOON)
        follow_up = FollowUp.objects.get()
        assert (follow_up.step, follow_up.vaccination, follow_up.version) == ("invite_again", row, 2)

    def test_a_dose_of_that_series_since_is_named_and_closes_nothing(self, room):
        visit = room.ready()
        room.decline(visit, follow_up=wanted())
        dose = room.give(visit, at=SOON)
        [follow_up] = follow_ups_of(visit.person)
        assert given_since([follow_up]) == {follow_up.pk: dose} and follow_up.state == "open"

    def test_an_arrival_with_a_follow_up_cannot_be_undone(self, room):
        visit = room.visit()
        set_up(room, person=visit.person, visit=visit)
        with pytest.raises(VisitRefused) as refused:
            actions.undo_arrival(visit=visit, by=room.nurse, at=SOON)
        assert refused.value.code == "has_records"

    def test_moved_to_another_person_it_goes_along(self, room):
        visit, right = room.ready(), room.person("Bilal")
        dose = room.give(visit)
        follow_up = set_up(room, person=visit.person, visit=visit, vaccination=dose)
        new = actions.correct_vaccination(
            vaccination=dose, move_to=right, reason="Wrong child", by=room.senior, at=SOON
        )
        follow_up.refresh_from_db()
        assert (follow_up.person, follow_up.vaccination) == (right, new)


class TestClosing:
    def close(self, room: Room, row: FollowUp, version: int = 1, **details) -> FollowUp:
        return actions.close_follow_up(
            **{
                "follow_up": row,
                "version": version,
                "state": "done",
                "came_of_it": "Booked for Tuesday",
                "by": room.nurse,
                "at": SOON,
                **details,
            }
        )

    def test_it_says_what_came_of_it_and_is_audited(self, room):
        row = self.close(room, set_up(room))
        assert (row.state, row.came_of_it, row.closed_by_name, row.version) == (
            "done",
            "Booked for Tuesday",
            "Nora Nurse",
            2,
        )
        assert AuditEvent.objects.get(action="close_follow_up").after["came_of_it"] == "Booked for Tuesday"

    @pytest.mark.parametrize("state", ["done", "dropped"])
    def test_it_is_never_closed_without_a_word(self, room, state):
        with pytest.raises(FollowUpRefused) as refused:
            self.close(room, set_up(room), state=state, came_of_it=" ")
        assert refused.value.code == "no_words"

    def test_the_second_to_close_it_is_told_who_did_and_what_came_of_it(self, room):
        row = set_up(room)
        self.close(room, row)
        with pytest.raises(FollowUpRefused) as refused:
            self.close(room, row, by=room.senior, came_of_it="Could not reach them")
        assert refused.value.code == "closed" and refused.value.status == 409
        assert "Nora Nurse" in str(refused.value) and "Booked for Tuesday" in str(refused.value)

    def test_the_day_of_closing_is_the_day_it_was_in_england(self, room):
        row = set_up(room)
        late = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)
        closing = {"state": "done", "came_of_it": "Booked", "by": room.nurse}
        actions.close_follow_up(follow_up=row, version=1, at=late, **closing)
        with pytest.raises(FollowUpRefused, match="at 12:30am on 1 July 2027"):
            actions.close_follow_up(follow_up=row, version=1, at=late, **closing)

    def test_whoever_saw_an_older_version_is_told(self, room):
        row = set_up(room)
        actions.change_follow_up(follow_up=row, version=1, wanted=wanted(owner=room.senior), by=room.senior, at=SOON)
        with pytest.raises(FollowUpRefused) as refused:
            self.close(room, row)
        assert refused.value.code == "changed" and "Sue Senior" in str(refused.value)

    def test_it_is_handed_only_to_somebody_who_sees_follow_ups_there(self, room):
        for user in (make_user(room.team, Role.ANALYST), make_user(make_team(), Role.VACCINATOR)):
            with pytest.raises(FollowUpRefused) as refused:
                set_up(room, wanted=wanted(owner=user))
            assert refused.value.code == "no_owner"

    def test_an_analyst_sets_and_closes_nothing(self, room):
        analyst = make_user(room.team, Role.ANALYST)
        row = set_up(room)
        with pytest.raises(PermissionDenied):
            self.close(room, row, by=analyst)
        with pytest.raises(PermissionDenied):
            set_up(room, by=analyst)


class TestTheList:
    def test_those_overdue_come_first_and_pages_follow_without_a_gap(self, room):
        person = room.person()
        days = [date(2026, 4, day) for day in (9, 3, 3, 21, 1, 3, 12)]
        for day in days:
            set_up(room, person=person, wanted=wanted(due_on=day))
        seen, after = [], None
        while True:
            page = follow_up_page(room.team.pk, Choice(), after=after, size=3)
            seen += [row.due_on for row in page.rows]
            after = page.following
            if after is None:
                break
        assert seen == sorted(days)

    def test_mine_are_mine_and_a_reason_is_a_reason(self, room):
        visit = room.ready()
        room.decline(visit, reason="unwell", follow_up=wanted(owner=room.nurse))
        set_up(room)
        assert [row.owner for row in follow_up_page(room.team.pk, Choice(owner=room.nurse)).rows] == [room.nurse]
        assert len(follow_up_page(room.team.pk, Choice(reason="unwell")).rows) == 1
        assert follow_up_page(room.team.pk, Choice(reason="declined")).rows == []

    def test_another_teams_are_not_on_it(self, room):
        set_up(room)
        assert follow_up_page(make_session().team.pk, Choice()).rows == []

    def test_those_of_a_merged_person_are_read_over_every_row(self, room):
        row = set_up(room)
        other = room.person("Amina", "Kahn")
        actions.merge_people(keep=other, merge=row.person, reason="One person", by=room.senior, at=SOON)
        assert follow_ups_of(other) == [row]
