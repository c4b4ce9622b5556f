"""Writing the pages that answer the public's questions. All teams share them."""

from typing import Any

from clinics.models import GuideVersion
from tests.integration.walk.table import COORDINATOR, Entry, staff
from tests.integration.walk.world import World


def page(world: World) -> dict[str, Any]:
    """A page in English."""
    return {"slug": "privacy", "language": "en-gb"}


def version(world: World) -> dict[str, Any]:
    """What a page says now."""
    return {"version": GuideVersion.objects.filter(guide__slug="privacy").latest("pk").public_id}


TABLE: dict[str, Entry] = {
    "guides-edit": staff([COORDINATOR]),
    "guide-edit": staff([COORDINATOR], arguments=page, others=(200,), superuser=(403,)),
    "guide-history": staff([COORDINATOR], arguments=page, others=(200,), superuser=(403,)),
    "guide-version": staff([COORDINATOR], arguments=version, others=(200,), superuser=(403,)),
}
