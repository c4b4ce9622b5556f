"""One look-up for a translation instead of a dozen.

Django keeps the words of a language in one dictionary for each package that has any, and behind them the packages'
plain English catalogues, which are empty. Most words of ours stand as they are in the source, so each of them is looked
up in all of these before it is found to have no translation.
"""

from gettext import GNUTranslations, NullTranslations
from typing import Any, cast

from django.conf import settings
from django.utils.translation import trans_real


class OneCatalogue(trans_real.TranslationCatalog):
    """The same catalogues, with the words of them all in one dictionary; the first to have a word wins, as before.

    Plurals still go through the catalogues one by one: each counts by a rule of its own.
    """

    def __init__(self, catalogue: Any) -> None:
        self._catalogs, self._plurals = catalogue._catalogs, catalogue._plurals
        self._all: dict[Any, str] = {}
        for each in reversed(self._catalogs):
            self._all.update(each)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the translation of a word."""
        return self._all.get(key, default)


def shorten(language: str) -> None:
    """Let every later look-up in this language take the short way.

    Made from what Django has read from the files: it holds until Django reads them again, as its tests of settings do,
    and then look-ups take the long way with the same answers.
    """
    translation: Any = trans_real.translation(language)
    translation._catalog = OneCatalogue(translation._catalog)
    while translation._fallback is not None:
        if is_empty(translation._fallback):
            translation._fallback = translation._fallback._fallback
        else:
            translation = translation._fallback


def is_empty(translation: NullTranslations) -> bool:
    """Whether a package's catalogue has nothing but its header, which stands under the empty word."""
    return type(translation) is GNUTranslations and not set(cast(Any, translation)._catalog) - {""}


def shorten_all() -> None:
    """Let look-ups in each language of the service take the short way; the default first, behind all others."""
    for language in dict.fromkeys([settings.LANGUAGE_CODE, *dict(settings.LANGUAGES)]):
        shorten(language)
