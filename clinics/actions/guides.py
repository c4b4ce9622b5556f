"""Writing the pages that answer the public's questions: each saving is a version of its own."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import Team, User
from clinics.guides.files import FIELDS, GuideText, said_by
from clinics.models import Guide, GuideVersion


class GuideChanged(Refused):
    """Somebody else saved the same page in the meantime: ``latest`` is what they wrote."""

    code = "guide_changed"

    def __init__(self, latest: GuideVersion) -> None:
        super().__init__(_("Somebody else changed this page while you were writing"))
        self.latest = latest


class NothingChanged(Refused):
    """The page says the same already."""

    code = "nothing_changed"
    status = 422


@transaction.atomic
def write_guide(
    *,
    guide: Guide,
    language: str,
    text: GuideText,
    based_on: GuideVersion | None,
    team: Team,
    by: User,
    at: datetime,
    source: str,
) -> GuideVersion:
    """Save what a guide says in a language from now on, and return that version.

    ``based_on`` is the version that the writer had before them, None where there was none. A translation is noted as
    made from the English of this moment, so saving it unchanged says that it still fits. Raises GuideChanged where
    another version was saved since, NothingChanged where there is nothing to save.
    """
    # Two who save the same page stand in a queue here, so the second sees what the first wrote.
    guide = Guide.objects.select_for_update().get(pk=guide.pk)
    versions = GuideVersion.objects.filter(guide=guide)
    latest = versions.filter(language=language).order_by("-pk").first()
    english = None
    if language != settings.LANGUAGE_CODE:
        english = versions.filter(language=settings.LANGUAGE_CODE).order_by("-pk").first()
    if latest is not None and (based_on is None or latest.pk != based_on.pk):
        raise GuideChanged(latest)
    if latest is not None and said_by(latest) == text and (english is None or latest.translates_id == english.pk):
        raise NothingChanged(_("Nothing has changed. Change the text, or go back"))
    version = GuideVersion.objects.create(
        guide=guide,
        language=language,
        **{name: getattr(text, name) for name in FIELDS},
        translates=english,
        written_at=at,
        written_by=by,
        written_by_name=str(by),
    )
    audit.record(
        by=by,
        at=at,
        source=source,
        action="write_guide",
        thing=version,
        team=team,
        before={"version": str(latest.public_id)} if latest else {},
        after={"guide": guide.slug, "language": language},
    )
    return version
