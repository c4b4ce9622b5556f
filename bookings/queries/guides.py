"""What co-ordinators see of the pages that answer the public's questions."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from clinics.models import Guide, GuideVersion


@dataclass(frozen=True, slots=True)
class Language:
    """One guide in one language: the version shown, and what is to be done about it."""

    code: str
    name: str
    version: GuideVersion | None
    out_of_date: bool
    review_due: bool


@dataclass(frozen=True, slots=True)
class GuideRow:
    """One guide in every language."""

    guide: Guide
    title: str
    languages: tuple[Language, ...]


def guide_rows(*, today: date) -> list[GuideRow]:
    """Return every guide with its latest version in each language of the service: two queries."""
    latest = {
        (row.guide_id, row.language): row
        for row in GuideVersion.objects.latest_of_each().defer("body", "summary", "source")
    }
    rows = []
    for guide in Guide.objects.all():
        english = latest.get((guide.pk, settings.LANGUAGE_CODE))
        languages = []
        for code, name in settings.LANGUAGES:
            version = latest.get((guide.pk, code))
            stale = version is not None and version != english and version.translates_id != (english and english.pk)
            due = version is not None and version.review_by < today
            languages.append(Language(code, name, version, stale, due))
        rows.append(GuideRow(guide, english.title if english else guide.slug, tuple(languages)))
    return rows
