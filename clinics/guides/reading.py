"""Which text of a guide is shown to whom: their own language's, or English with a note where there is none."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import CharField, QuerySet

from accounts.recurring import Recurring
from clinics.models import GuideVersion

ENGLISH = settings.LANGUAGE_CODE


@dataclass(frozen=True, slots=True)
class ShownGuide:
    """A guide as a reader sees it."""

    slug: str
    version: GuideVersion
    # It is English although the reader chose another language.
    not_translated: bool = False
    # The English text was changed after this translation was made.
    out_of_date: bool = False


def _in_languages(language: Any, english: Any) -> "QuerySet[GuideVersion]":
    latest = GuideVersion.objects.latest_of_each().filter(language__in=[language, english])
    return latest.select_related("guide").order_by("guide__position", "guide_id")


_ONE: Recurring[GuideVersion] = Recurring(
    lambda slug, language, english: _in_languages(language, english).filter(guide__slug=slug),
    slug=CharField(),
    language=CharField(),
    english=CharField(),
)
# What a list shows of each: the text itself is left where it is.
_ALL: Recurring[GuideVersion] = Recurring(
    lambda language, english: _in_languages(language, english).defer("body"),
    language=CharField(),
    english=CharField(),
)


def _chosen(rows: list[GuideVersion], language: str) -> list[ShownGuide]:
    by_guide: dict[str, dict[str, GuideVersion]] = {}
    for row in rows:
        by_guide.setdefault(row.guide.slug, {})[row.language] = row
    shown = []
    for slug, versions in by_guide.items():
        own, english = versions.get(language), versions.get(ENGLISH)
        if own is not None:
            stale = own.language != ENGLISH and english is not None and own.translates_id != english.pk
            shown.append(ShownGuide(slug, own, out_of_date=stale))
        elif english is not None:
            shown.append(ShownGuide(slug, english, not_translated=True))
    return shown


def guides_in(language: str) -> list[ShownGuide]:
    """Return every guide, in the order of the list, for a reader of ``language``: one query."""
    return _chosen(_ALL.all(language=language, english=ENGLISH), language)


def guide_in(slug: str, language: str) -> ShownGuide | None:
    """Return one guide for a reader of ``language``, or None where there is none at ``slug``: one query."""
    found = _chosen(_ONE.all(slug=slug, language=language, english=ENGLISH), language)
    return found[0] if found else None
