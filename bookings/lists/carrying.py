"""The rows of a list on their way from page to page: sealed in the page itself, so that nothing is kept unconfirmed."""

import json
import zlib
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.lists.columns import Columns
from bookings.lists.problems import UnreadableList
from clinics.models import ClinicSession

# Half of what a request may bring: the page's own answers come with it.
LONGEST = 500_000
HOURS = 8


def _seal(session: ClinicSession, user: User) -> str:
    """What binds a sealed list to one clinic and one user: nobody sends another's."""
    return f"bookings.lists:{session.public_id}:{user.pk}"


def seal(columns: Columns, said: list[str], name: str, *, session: ClinicSession, user: User) -> str:
    """Return a list as one signed, packed text. Raises UnreadableList (``too_large``) where it is too long for a page.

    ``said`` are the sentences on how it was read, ``name`` is that of the file.
    """
    kept = [columns.headers, columns.facts, columns.rows, columns.numbers, said, name]
    sealed = signing.dumps(kept, salt=_seal(session, user), compress=True)
    if len(sealed) > LONGEST:
        raise UnreadableList(
            _("This list is too long to be checked at once. Divide it, for example by wing, and add each part."),
            code="too_large",
        )
    return sealed


def unseal(text: str, *, session: ClinicSession, user: User) -> tuple[Columns, list[str], str]:
    """Return the list, the sentences on how it was read, and the file's name.

    Raises UnreadableList (``lost``) for anything that this page did not send, or that is older than a working day.
    """
    try:
        if len(text) > LONGEST:
            raise signing.BadSignature("longer than any of ours")
        kept: Any = signing.loads(text, salt=_seal(session, user), max_age=HOURS * 3600)
    except (signing.BadSignature, ValueError, zlib.error, json.JSONDecodeError) as problem:
        raise UnreadableList(
            _("The list was lost on the way, or is too old. Add it again. Nothing was saved."), code="lost"
        ) from problem
    headers, facts, rows, numbers, said, name = kept
    return Columns(headers, facts, rows, numbers), said, name
