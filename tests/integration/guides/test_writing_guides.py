"""Co-ordinators write the pages that answer questions: looked at first, every version kept, two at once told."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, Role
from clinics.guides.files import FIELDS
from clinics.guides.reading import guide_in
from clinics.models import GuideVersion
from tests.support.factories import NOW, make_team, make_user

pytestmark = pytest.mark.django_db
EDIT = "/coordinate/guides/privacy/en-gb/"


@pytest.fixture(autouse=True)
def at_a_desk():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


def signed_in(team: Any, role: str = Role.COORDINATOR, **names: str) -> Client:
    client = Client()
    client.force_login(make_user(team, role, **names))
    return client


def latest(language: str = "en-gb") -> GuideVersion:
    return GuideVersion.objects.filter(guide__slug="privacy", language=language).latest("pk")


def form_of(version: GuideVersion | None, **changed: str) -> dict[str, str]:
    """What a browser sends back of a page's form."""
    values: dict[str, str] = {"based_on": str(version.public_id) if version else ""}
    for name in FIELDS:
        value = getattr(version, name) if version else ""
        if name in ("reviewed_on", "review_by"):
            day, month, year = (value.day, value.month, value.year) if version else (1, 12, 2026)
            values |= {f"{name}_day": str(day), f"{name}_month": str(month), f"{name}_year": str(year)}
        else:
            values[name] = value
    return values | changed


def test_a_page_that_is_saved_is_shown_and_its_history_says_who_wrote_what(team):
    client = signed_in(team, first_name="Rosa", last_name="Field")
    before = latest()
    body = before.body.replace("We delete them 1 day after your last answer.", "We delete them after a day.")
    answer = client.post(EDIT, today_form(before, body=body, title="Your privacy"))
    assert answer.status_code == 302 and answer["Location"] == EDIT + "history/"
    assert "Your privacy" in Client().get("/guides/privacy/").content.decode()
    history = client.get(EDIT + "history/").content.decode()
    assert "Rosa Field" in history and "14 November 2026, 9am" in history and "Came with the service" in history
    page = client.get(reverse("guide-version", args=[latest().public_id])).content.decode()
    assert '<del><span class="nhsuk-u-visually-hidden">Removed: </span>Privacy</del>' in page
    assert '<ins><span class="nhsuk-u-visually-hidden">Added: </span>Your privacy</ins>' in page
    assert "We delete them after a day." in page and page.count("Phone the number at the bottom") == 1
    event = AuditEvent.objects.get(action="write_guide")
    assert (event.team_id, event.actor_name) == (team.pk, "Rosa Field")
    assert (event.before, event.after) == (
        {"version": str(before.public_id)},
        {"guide": "privacy", "language": "en-gb"},
    )


def test_a_page_is_looked_at_before_it_is_saved(team):
    client = signed_in(team)
    count = GuideVersion.objects.count()
    answer = client.post(EDIT, today_form(latest(), body="## New heading\n\n<b>bold</b>", preview="yes"))
    page = answer.content.decode()
    assert answer.status_code == 200 and "It is not saved yet." in page
    assert "<h2>New heading</h2>" in page and "&lt;b&gt;bold&lt;/b&gt;" in page and "<b>" not in page
    assert GuideVersion.objects.count() == count


@pytest.mark.once
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": ""}, "Enter the title"),
        ({"title": "x" * 121}, "The title must be 120 characters or fewer"),
        ({"body": ""}, "Enter the text"),
        ({"body": "x" * 20_001}, "The text must be 20000 characters or fewer"),
        ({"body": "a\x00b"}, "The text includes a character that cannot be saved"),
        ({"source": " "}, "Enter the source"),
        ({"body": "[x](https://example.com/)"}, "The link to https://example.com/ leads to no page of this service"),
        ({"body": "[x](/guides/nothing/)"}, "There is no page /guides/nothing/"),
        ({"review_by_year": "2025"}, "The day of the next review must be today or in the future"),
        ({"reviewed_on_year": "2027"}, "The day of the last review must be today or in the past"),
        ({"reviewed_on_day": "31", "reviewed_on_month": "2"}, "The day of the last review must be a real date"),
    ],
)
def test_what_cannot_be_saved_gets_a_sentence_and_nothing_typed_is_lost(team, changed, words):
    kept = {"summary": "Something typed <script>"}
    answer = signed_in(team).post(EDIT, form_of(latest(), **{**kept, **changed}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words.replace("20000", "20,000") in page or words in page
    assert "Something typed &lt;script&gt;" in page and "<title>Error: " in page


def test_saving_without_a_change_says_so(team):
    start = form_of(latest(), reviewed_on_day="1", reviewed_on_month="11")
    client = signed_in(team)
    assert client.post(EDIT, start).status_code == 302
    answer = client.post(EDIT, start | {"based_on": str(latest().public_id)})
    assert answer.status_code == 422 and "Nothing has changed" in answer.content.decode()


def today_form(version: GuideVersion | None, **changed: str) -> dict[str, str]:
    return form_of(version, reviewed_on_day="1", reviewed_on_month="11", reviewed_on_year="2026", **changed)


def test_of_two_who_write_at_once_the_second_is_told_and_sees_both_texts(team):
    first, second = signed_in(team, first_name="Rosa", last_name="Field"), signed_in(make_team())
    start = latest()
    assert first.post(EDIT, today_form(start, body="What Rosa wrote.")).status_code == 302
    answer = second.post(EDIT, today_form(start, body="What Noor wrote."))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Rosa Field saved it at 9am on 14 November 2026" in page
    assert "<p>What Rosa wrote.</p>" in page and "What Noor wrote.</textarea>" in page
    assert latest().body == "What Rosa wrote."
    # Having seen both, they save.
    assert f'name="based_on" value="{latest().public_id}"' in page
    both = today_form(latest(), body="What Rosa and Noor wrote.")
    assert second.post(EDIT, both).status_code == 302
    assert guide_in("privacy", "en-gb").version.body == "What Rosa and Noor wrote."


def test_an_older_text_can_be_used_again(team):
    client = signed_in(team)
    old = latest()
    client.post(EDIT, today_form(old, title="Another title"))
    page = client.get(f"{EDIT}?from={old.public_id}").content.decode()
    assert 'value="Privacy"' in page and f'name="based_on" value="{latest().public_id}"' in page
    for odd in ("x", "", "7d0e1d58-3c4f-4d2e-9d4e-6f0c6f6f6f6f"):
        assert 'value="Another title"' in client.get(f"{EDIT}?from={odd}").content.decode()


def test_a_translation_is_written_beside_the_english_and_found_out_of_date(team, settings):
    settings.LANGUAGES = [("en-gb", "English"), ("ur", "اردو")]
    client = signed_in(team)
    urdu = "/coordinate/guides/privacy/ur/"
    page = client.get(urdu).content.decode()
    assert "The English page as it is now" in page and "Your answers are kept on our computers" in page
    sent = today_form(None, title="رازداری", summary="خلاصہ", body="متن", source="NHS", review_by_year="2027")
    before = GuideVersion.objects.filter(guide__slug="privacy", language="ur").order_by("pk").last()
    sent["based_on"] = str(before.public_id) if before else ""
    looked = client.post(urdu, {**sent, "preview": "yes"}).content.decode()
    assert '<article class="app-preview" dir="rtl" lang="ur"><h3>رازداری' in looked
    assert client.post(urdu, sent).status_code == 302
    assert f'href="{urdu}history/"' in client.get(urdu).content.decode()
    assert f'href="{urdu}"' in client.get(f"{urdu}history/").content.decode()
    assert not guide_in("privacy", "ur").out_of_date
    client.post(EDIT, today_form(latest(), title="Your privacy"))
    assert guide_in("privacy", "ur").out_of_date
    assert "English has changed" in client.get("/coordinate/guides/").content.decode()
    # It still fits: saved as it is, it is a version that says so.
    sent["based_on"] = str(latest("ur").public_id)
    assert client.post(urdu, sent).status_code == 302
    assert not guide_in("privacy", "ur").out_of_date


def test_an_unknown_page_language_or_version_is_not_found(team):
    client = signed_in(team)
    for path in (
        "privacy/xx/",
        "nothing/en-gb/",
        "privacy/xx/history/",
        "versions/7d0e1d58-3c4f-4d2e-9d4e-6f0c6f6f6f6f/",
    ):
        assert client.get(f"/coordinate/guides/{path}").status_code == 404


def test_only_co_ordinators_write(team):
    for role in (Role.DESK, Role.VACCINATOR, Role.SENIOR_NURSE, Role.ANALYST):
        assert signed_in(team, role).post(EDIT, today_form(latest(), title="X")).status_code == 403
    assert latest().title == "Privacy"


def test_a_late_review_is_said_and_the_list_costs_the_same_queries_as_it_grows(team):
    client = signed_in(team)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/coordinate/guides/").status_code == 200
        return len(captured)

    queries()
    few = queries()
    for number in range(5):
        client.post(EDIT, today_form(latest(), title=f"Title {number}"))
    # What was said after the last saving is shown once.
    queries()
    assert queries() == few
    assert "Review is late" not in client.get("/coordinate/guides/").content.decode()
    with time_machine.travel(datetime(2028, 1, 1, tzinfo=NOW.tzinfo) + timedelta(hours=9), tick=False):
        assert "Review is late" in signed_in(team).get("/coordinate/guides/").content.decode()


def test_the_admin_shows_every_version_and_changes_none(team):
    client = signed_in(team)
    version = latest()
    page = client.get(reverse("admin:clinics_guideversion_change", args=[version.public_id]))
    assert page.status_code == 200 and "Came with" not in page.content.decode()
    assert client.post(reverse("admin:clinics_guideversion_change", args=[version.public_id]), {}).status_code == 403
