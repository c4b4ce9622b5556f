"""That somebody was offered vaccines at a clinic, and what they said."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from clinics.models import ClinicSession
from clinics.places import share_session
from clinics.vaccines import Vaccine
from immunisations.models import Offer, Person
from immunisations.people import lock_root, row_ids
from immunisations.policies import check_session_open


class OfferRefused(Refused):
    """An offer cannot be recorded like this."""

    code = "offer_refused"


@transaction.atomic
def record_offer(
    *,
    session: ClinicSession,
    person: Person,
    vaccines: Sequence[str],
    answer: str,
    by: User,
    at: datetime,
    note: str = "",
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> Offer:
    """Write down that a person was offered ``vaccines`` (codes) at a clinic, and the ``answer`` (one of OfferAnswer).

    The latest offer stands. They need not have come: somebody who says no in their cell never did. The same
    ``client_uuid`` returns the same row. A dose, and one declined, show an offer by themselves.

    Raises OfferRefused for no vaccine or one that is not offered at the clinic (``not_offered``), an unknown answer
    (``no_answer``), a person of another team (``other_team``) or a ``client_uuid`` sent about somebody else
    (``used_before``); SessionNotOpen; PermissionDenied.
    """
    require(by, Permission.VACCINATE, session.team_id)
    if person.team_id != session.team_id:
        raise OfferRefused(_("This person belongs to another team."), code="other_team")
    share_session(session)
    root = lock_root(person)
    there = Offer.objects.filter(client_uuid=client_uuid).first() if client_uuid else None
    if there is not None:
        if there.person_id not in row_ids(root) or there.session_id != session.pk:
            raise OfferRefused(_("This record was sent before, for somebody else."), code="used_before")
        return there
    session.refresh_from_db(fields=["state"])
    check_session_open(session)
    wanted = list(dict.fromkeys(vaccines))
    if not wanted or set(wanted) - set(session.vaccine_codes()):
        raise OfferRefused(_("Select vaccines that this clinic offers."), code="not_offered")
    if answer not in Offer.Answer.values:
        raise OfferRefused(_("Select what they said."), code="no_answer")
    offer = Offer.objects.create(
        person=root,
        session=session,
        vaccines=[Vaccine(code).value for code in wanted],
        answer=str(answer),
        note=note.strip()[:300],
        offered_by=by,
        offered_by_name=str(by),
        offered_at=at,
        client_uuid=client_uuid or uuid.uuid4(),
    )
    audit.record(
        by=by,
        at=at,
        source=source,
        action="record_offer",
        thing=offer,
        team=session.team_id,
        person_id=root.public_id,
        after={"vaccines": offer.vaccines, "answer": offer.answer},
    )
    return offer
