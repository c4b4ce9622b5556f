"""The order of the questions, and what has to be asked again."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from bookings import drafts
from bookings.drafts import Answers, PersonAnswers, Step
from bookings.forms.public.people import NEEDS

AT = datetime(2026, 11, 14, 9, tzinfo=UTC)


def draft(**details):
    """A draft at a clinic that takes bookings, without a database."""
    session = SimpleNamespace(pk=1, state="published", who_may_book="public", date=date(2026, 11, 21))
    return SimpleNamespace(**{"session": session, "session_id": 1, "starts_at": AT, **details})


def answered(*people: PersonAnswers) -> Answers:
    """Answers to every question."""
    answers = Answers(
        people=list(people) or [PersonAnswers("Amina", "Khan", "2023-03-27", nhs_number="")],
        complete=True,
        same={"wanted": True, "home": True, "gp": True},
        parental="yes",
        interpreter=False,
        help_wanted=False,
        relationship="mother",
        contact_by=[],
    )
    first = answers.people[0]
    first.wanted, first.home, first.gp = [], "unsaid", "not_sure"
    answers.held_for = answers.extra_times()
    answers.gelatine_settled = drafts.gelatine_key(draft(), answers)
    answers.ages_checked = drafts.ages_key(draft(), answers)
    return answers


def test_once_everything_is_answered_the_check_is_next():
    assert drafts.next_step(draft(), answered(), AT) == drafts.CHECK
    assert drafts.step_before(draft(), answered(), AT, Step("book-time")) == drafts.CHECK
    assert drafts.step_before(draft(), answered(), AT, drafts.CHECK) == Step("book-contact")


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"complete": False}, Step("book-people")),
        ({"ages_checked": ""}, Step("book-too-young")),
        ({"gelatine_settled": ""}, Step("book-gelatine")),
        ({"interpreter": None}, Step("book-language")),
        ({"help_wanted": None}, Step("book-help")),
        ({"held_for": [True]}, Step("book-time")),
        ({"relationship": ""}, Step("book-about-you")),
        ({"parental": ""}, Step("book-about-you")),
        ({"contact_by": None}, Step("book-contact")),
    ],
)
def test_what_is_missing_is_asked_next(change, asked):
    answers = answered()
    for name, value in change.items():
        setattr(answers, name, value)
    assert drafts.next_step(draft(), answers, AT) == asked
    assert drafts.reachable(draft(), answers, AT, asked)
    assert not drafts.reachable(draft(), answers, AT, drafts.CHECK)


def test_a_time_that_was_never_kept_is_asked_for():
    assert drafts.next_step(draft(starts_at=None), answered(), AT) == Step("book-time")


@pytest.mark.parametrize(
    "change", [{"state": "cancelled"}, {"who_may_book": "closed_list"}, {"date": date(2026, 11, 13)}]
)
def test_a_clinic_that_takes_no_bookings_is_asked_for_again(change):
    gone = draft()
    for name, value in change.items():
        setattr(gone.session, name, value)
    assert drafts.next_step(gone, answered(), AT) == Step("book-clinic")


def test_a_surprising_age_is_asked_about_until_it_is_confirmed():
    person = PersonAnswers("Iris", "", "1979-02-01", nhs_number="")
    assert drafts.next_step(draft(), answered(person), AT) == Step("book-date-of-birth", 1)
    person.age_confirmed = True
    assert drafts.next_step(draft(), answered(person), AT) == drafts.CHECK


def test_an_age_is_counted_in_whole_years():
    person = PersonAnswers("Amina", "", "2020-11-15")
    assert person.age(date(2026, 11, 14)) == 5 and person.age(date(2026, 11, 15)) == 6
    assert PersonAnswers("Noor", "", "2020").age(date(2026, 1, 1)) == 6


def test_back_never_leads_to_the_page_for_the_too_young_nor_to_what_was_not_asked():
    answers = answered()
    answers.interpreter = None
    assert drafts.step_before(draft(), answers, AT, Step("book-wanted", 1)) == Step("book-clinic")
    assert drafts.step_before(draft(), answers, AT, Step("book-language")) == Step("book-wanted", 1)


def test_what_is_the_same_for_all_is_asked_once_and_what_differs_of_each():
    answers = answered(PersonAnswers("Amina", "", "2023-03-27"), PersonAnswers("Bilal", "", "2021-03-27"))
    pages = [step for step, _answered in drafts.steps(draft(), answers, AT)]
    assert Step("book-home", 1) in pages and Step("book-home", 2) not in pages
    answers.same["home"] = False
    pages = [step for step, _answered in drafts.steps(draft(), answers, AT)]
    assert Step("book-home", 2) in pages and Step("book-gp", 2) not in pages
    answers.people[1].home = "same"
    assert answers.source(answers.people[1], "home") is answers.people[0]


def test_whoever_comes_first_after_the_first_was_removed_keeps_what_they_shared():
    answers = answered(PersonAnswers("Amina", "", "2023-03-27"), PersonAnswers("Bilal", "", "2021-03-27"))
    first = answers.people[0]
    first.home, first.address, first.postcode, first.wanted = "ours", "1 High Street", "WR11 4BS", ["MEASLES"]
    answers.remove(1)
    (left,) = answers.people
    assert (left.first_name, left.home, left.address, left.postcode) == ("Bilal", "ours", "1 High Street", "WR11 4BS")
    assert (left.wanted, left.gp) == (["MEASLES"], "not_sure")


def test_a_birth_known_to_the_month_is_booked_as_its_first_day_and_marked():
    (person,) = drafts.details(answered(PersonAnswers("Noor", "", "2020-03", nhs_number="")), NEEDS)
    assert person.date_of_birth == date(2020, 3, 1) and person.date_of_birth_is_approximate


def test_needs_that_were_taken_back_are_not_booked():
    person = PersonAnswers("Amina", "", "2020-03-01", nhs_number="", help=False, needs=["extra_time"], needs_words="x")
    (booked,) = drafts.details(answered(person), NEEDS)
    assert not booked.extra_time and booked.support_needs == ""


def test_a_draft_written_by_an_older_version_is_still_read():
    stored = SimpleNamespace(answers={"people": [{"first_name": "Amina"}], "no_longer_asked": 1})
    assert drafts.read(stored).people[0].first_name == "Amina"
