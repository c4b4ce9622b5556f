"""Translations are found as Django finds them, in one look-up."""

import pytest
from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext, ngettext, override, pgettext, trans_real
from pytest_django.fixtures import Settings

from nhsuk import translations
from nhsuk.translations import OneCatalogue, is_empty

# Words that Django and its packages translate, into Polish and into British English, and one of ours without any.
WORDS = ["Yesterday", "Monday", "This field is required.", "Permission denied", "Username", "No such word of ours"]


def fresh(language: str) -> trans_real.DjangoTranslation:
    """Return a language as Django reads it from its files."""
    return trans_real.DjangoTranslation(language)


def keys(catalogue: trans_real.TranslationCatalog) -> set[object]:
    """Return everything that is translated."""
    return set(catalogue.keys())


def test_from_the_start_the_language_of_the_service_is_looked_up_in_one_dictionary(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trans_real, "_translations", {})
    apps.get_app_config("nhsuk").ready()
    translation = trans_real.translation(settings.LANGUAGE_CODE)
    assert isinstance(translation._catalog, OneCatalogue)
    assert translation._fallback is None


@pytest.mark.parametrize("language", ["en-gb", "pl", "ar", "cy"])
def test_every_word_and_plural_is_what_django_itself_finds(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    long, short = fresh(language), fresh(language)
    monkeypatch.setitem(trans_real._translations, language, short)
    translations.shorten(language)
    everything = keys(long._catalog) | {*WORDS, ""}
    for key in everything:
        word = key[0] if isinstance(key, tuple) else key
        assert short.gettext(word) == long.gettext(word)
        for number in (0, 1, 2, 3, 5, 11, 22, 100):
            assert short.ngettext(word, "several", number) == long.ngettext(word, "several", number)
    assert len(everything) > 500


def test_words_with_a_context_plurals_and_a_language_that_is_not_ours_are_translated() -> None:
    with override("pl"):
        assert gettext("Monday") == "Poniedziałek"
        assert pgettext("alt. month", "March") == "marca"
        assert ngettext("%(num)d year", "%(num)d years", 5) % {"num": 5} == "5 lat"
        assert gettext("No such word of ours") == "No such word of ours"
    assert gettext("Monday") == "Monday"


def test_a_further_language_falls_back_on_its_own_words_only(settings: Settings) -> None:
    settings.LANGUAGES = [("en-gb", "English"), ("pl", "Polski")]
    translations.shorten_all()
    polish = trans_real.translation("pl")
    assert isinstance(polish._catalog, OneCatalogue)
    assert polish._fallback is trans_real.translation("en-gb")
    assert polish._fallback._fallback is None
    with override("pl"):
        assert gettext("Monday") == "Poniedziałek"


def test_only_a_catalogue_without_words_is_left_out() -> None:
    behind = fresh("en")._fallback
    assert behind is not None
    assert not is_empty(behind)
    assert not is_empty(fresh("pl"))
