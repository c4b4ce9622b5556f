"""The texts that come with the service, one file for each guide and language, loaded after every migration.

The files' form is described in CONTRIBUTING.md. A text is added as a version of its own, never over another; once
somebody has written a guide in a language, the file of that language is left alone.
"""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache

from django.apps import AppConfig
from django.conf import settings
from django.db import connections

from clinics.models import Guide, GuideVersion
from clinics.reference import DATA

FOLDER = DATA / "guides"
FENCE = "+++\n"
# What a version says; each stands in a file's head, but for the body under it.
FIELDS = ("title", "summary", "body", "source", "reviewed_on", "review_by")


@dataclass(frozen=True, slots=True)
class GuideText:
    """What a guide says in one language, and on what ground."""

    title: str
    summary: str
    body: str
    source: str
    reviewed_on: date
    review_by: date


@dataclass(frozen=True, slots=True)
class GuideFile:
    """One file: the text, its guide's place in the list, and which edition of the English text it is or translates."""

    slug: str
    language: str
    position: int
    edition: int
    text: GuideText


def said_by(version: GuideVersion) -> GuideText:
    """Return what a version says."""
    return GuideText(*(getattr(version, name) for name in FIELDS))


def read(name: str, content: str) -> GuideFile:
    """Return the guide in a file called ``name``, such as "privacy.pl.md". Raises ValueError for any other form."""
    slug, language, _ending = name.split(".")
    before, head, body = content.split(FENCE, 2)
    values = tomllib.loads(head)
    if before or not body.strip():
        raise ValueError(f"{name} has no head, or no text under it")
    wanted = {"edition", "position", "title", "summary", "source", "reviewed_on", "review_by"}
    if set(values) - wanted or wanted - {"position"} - set(values):
        raise ValueError(f"{name} must say {', '.join(sorted(wanted))} and nothing else")
    position, edition = values.pop("position", 0), values.pop("edition")
    return GuideFile(slug, language, position, edition, GuideText(body=body.strip(), **values))


@cache
def files() -> tuple[GuideFile, ...]:
    """Return every guide that comes with the service, English first, in the order of their list."""
    found = [read(path.name, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.md"))]
    return tuple(sorted(found, key=lambda file: (file.language != settings.LANGUAGE_CODE, file.position, file.slug)))


def load_guides(sender: AppConfig, using: str, **kwargs: object) -> None:
    """Add the texts that the database does not have yet."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if GuideVersion._meta.db_table not in connection.introspection.table_names(cursor):
            return
    english = {file.slug: file for file in files() if file.language == settings.LANGUAGE_CODE}
    Guide.objects.using(using).bulk_create(
        [Guide(slug=slug, position=file.position) for slug, file in english.items()],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["position"],
    )
    guides = dict(Guide.objects.using(using).values_list("slug", "pk"))
    shown = {(row.guide_id, row.language): row for row in GuideVersion.objects.using(using).latest_of_each()}
    for wanted in (True, False):
        added = []
        for file in files():
            if (file.language == settings.LANGUAGE_CODE) != wanted:
                continue
            guide, source = guides[file.slug], None
            if not wanted:
                now = shown[guide, settings.LANGUAGE_CODE]
                fits = file.edition == english[file.slug].edition and said_by(now) == english[file.slug].text
                source = now if fits else None
            if _is_new(file, shown.get((guide, file.language)), source):
                added.append(_version(file, guide, source))
        for row in GuideVersion.objects.using(using).bulk_create(added):
            shown[row.guide_id, row.language] = row


def _is_new(file: GuideFile, now: GuideVersion | None, source: GuideVersion | None) -> bool:
    """Whether a file says something that the version shown now does not, and that nobody wrote over."""
    if now is None:
        return True
    if now.written_by_name:
        return False
    return said_by(now) != file.text or (source is not None and now.translates_id != source.pk)


def _version(file: GuideFile, guide: int, source: GuideVersion | None) -> GuideVersion:
    # The day on which it was reviewed: nobody wrote it when it was loaded.
    written_at = datetime.combine(file.text.reviewed_on, time(), tzinfo=UTC)
    values = {name: getattr(file.text, name) for name in FIELDS}
    return GuideVersion(guide_id=guide, language=file.language, translates=source, written_at=written_at, **values)
