"""The answers to questions as the public reads them, and how their texts come into the database."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from clinics.guides import files as guide_files
from clinics.guides.files import GuideFile, GuideText, load_guides
from clinics.guides.reading import guide_in, guides_in
from clinics.models import Guide, GuideVersion
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db
# Of the English text on privacy as it comes with the service.
EDITION = next(file.edition for file in guide_files.files() if (file.slug, file.language) == ("privacy", "en-gb"))


def text(words="Welsh words", **more):
    values = {"title": words, "summary": words, "body": words, "source": "Green Book"}
    return GuideText(**(values | {"reviewed_on": date(2026, 11, 20), "review_by": date(2027, 11, 20)} | more))


def load(monkeypatch, *more, english=None):
    """Run what follows every migration, with further files."""
    own = [
        GuideFile(file.slug, file.language, file.position, EDITION + 1, english)
        if english and file.slug == "privacy"
        else file
        for file in guide_files.files()
        if file.language == "en-gb"
    ]
    with monkeypatch.context() as patch:
        patch.setattr(guide_files, "files", lambda: (*own, *more))
        load_guides(apps.get_app_config("clinics"), "default")


def welsh(edition=EDITION, words="Welsh words"):
    return GuideFile("privacy", "cy", 0, edition, text(words))


def test_every_guide_shows_its_source_and_when_it_was_reviewed(visitor):
    slugs = list(Guide.objects.values_list("slug", flat=True))
    assert slugs
    for slug in slugs:
        visitor.goes(f"/guides/{slug}/")
        version = GuideVersion.objects.get(guide__slug=slug, language="en-gb")
        assert visitor.heading == version.title
        assert f"Source: {version.source}" in visitor.text
        assert "Page last reviewed: 20 November 2026. Next review due: 20 May 2027." in visitor.text


def test_the_list_of_guides_leads_to_each_and_costs_one_query(visitor):
    with CaptureQueriesContext(connection) as queries:
        visitor.goes("/guides/")
    assert len(queries) == 1
    for slug in Guide.objects.values_list("slug", flat=True):
        assert f'href="/guides/{slug}/"' in visitor.page.content.decode()
    with CaptureQueriesContext(connection) as queries:
        visitor.goes("/guides/privacy/")
    assert len(queries) == 1


def test_an_unknown_guide_is_not_found(visitor):
    assert visitor.goes("/guides/nothing/").page.status_code == 404


def test_loading_twice_adds_nothing_and_a_newer_file_adds_a_version(monkeypatch):
    before = GuideVersion.objects.count()
    load(monkeypatch)
    assert GuideVersion.objects.count() == before
    load(monkeypatch, english=text("Newer words"))
    assert GuideVersion.objects.count() == before + 1
    assert guide_in("privacy", "en-gb").version.title == "Newer words"
    assert guide_in("privacy", "en-gb").version.written_by_name == ""


def test_loading_never_takes_the_place_of_what_somebody_wrote(monkeypatch):
    guide = Guide.objects.get(slug="privacy")
    text_now = text("By hand")
    values = {name: getattr(text_now, name) for name in guide_files.FIELDS}
    GuideVersion.objects.create(guide=guide, written_at=NOW, written_by_name="Rosa", **values)
    load(monkeypatch, english=text("Newer words"))
    assert guide_in("privacy", "en-gb").version.title == "By hand"


def test_a_translation_is_out_of_date_once_the_english_is_another(monkeypatch):
    load(monkeypatch, welsh())
    shown = guide_in("privacy", "cy")
    assert (shown.version.title, shown.out_of_date, shown.not_translated) == ("Welsh words", False, False)
    load(monkeypatch, welsh(), english=text("Newer words"))
    assert guide_in("privacy", "cy").out_of_date
    # The translator looked again and changed nothing but the edition.
    load(monkeypatch, welsh(edition=EDITION + 1), english=text("Newer words"))
    assert not guide_in("privacy", "cy").out_of_date


def test_a_guide_without_a_translation_is_english_with_a_note(visitor, monkeypatch):
    load(monkeypatch, welsh())
    assert [guide.not_translated for guide in guides_in("cy")] == [guide.slug != "privacy" for guide in guides_in("cy")]
    from clinics.views.public import guides as views

    with monkeypatch.context() as patch:
        patch.setattr(views, "get_language", lambda: "cy")
        visitor.goes("/guides/side-effects/")
        assert "This page is not translated yet. It is in English." in visitor.text
        assert '<article class="app-guide" lang="en" dir="ltr">' in visitor.page.content.decode()
        assert "not translated" not in visitor.goes("/guides/privacy/").text
        load(monkeypatch, welsh(), english=text("Newer words"))
        assert "The English page has changed since this translation was made" in visitor.goes("/guides/privacy/").text


def test_a_link_in_a_guide_stays_in_the_language_of_its_reader(settings):
    from clinics.guides import marks

    settings.LANGUAGES = [("en-gb", "English"), ("pl", "Polski")]
    with translation.override("pl"):
        assert marks.own_page("/guides/privacy/") == "/pl/guides/privacy/"


def test_files_are_loaded_after_each_migration_before_the_table_is_there():
    # As an older database is first brought up to date: nothing to write to yet.
    with pytest.MonkeyPatch.context() as patch:
        names = SimpleNamespace(table_names=lambda cursor: [])
        patch.setattr(connections["default"], "introspection", names)
        load_guides(apps.get_app_config("clinics"), "default")
