"""Django's admin: for each model, who sees it, who changes it, who adds to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bookings.models import OpeningAlert
from clinics.models import GuideVersion
from tests.integration.walk.table import ADMINISTRATOR, COORDINATOR, PRIVACY_LEAD, ROLES, Entry, staff
from tests.integration.walk.world import World


@dataclass(frozen=True)
class Page:
    """A model's admin: the roles that see it, what of a world is its row, and what is allowed."""

    roles: tuple[str, ...]
    row: Callable[[World], Any]
    may_add: bool = False
    shared: bool = False


AUDIT = (ADMINISTRATOR, PRIVACY_LEAD)
PAGES: dict[str, Page] = {
    "accounts_user": Page((ADMINISTRATOR,), lambda w: w.users["desk"].public_id, may_add=True),
    "accounts_team": Page((ADMINISTRATOR,), lambda w: w.team.public_id),
    "accounts_apitoken": Page((ADMINISTRATOR,), lambda w: w.token.public_id),
    "accounts_auditevent": Page(AUDIT, lambda w: w.audit.public_id),
    "accounts_recordview": Page(AUDIT, lambda w: w.record_view.pk),
    "clinics_venue": Page((COORDINATOR,), lambda w: w.venue.public_id, may_add=True),
    "clinics_clinicsession": Page((COORDINATOR,), lambda w: w.session.public_id, may_add=True),
    "clinics_product": Page((COORDINATOR,), lambda w: w.batch.product_id, shared=True),
    "clinics_batch": Page((COORDINATOR,), lambda w: w.batch.public_id, may_add=True),
    "clinics_stockmovement": Page((COORDINATOR,), lambda w: w.batch.movements.get(kind="received").public_id),
    "clinics_coolboxreading": Page((COORDINATOR,), lambda w: w.session.cool_box_readings.get().public_id),
    "clinics_direction": Page((COORDINATOR,), lambda w: w.team.directions.get().public_id, may_add=True),
    "clinics_guideversion": Page((COORDINATOR,), lambda w: GuideVersion.objects.latest("pk").public_id, shared=True),
    "immunisations_person": Page((COORDINATOR,), lambda w: w.person.public_id),
    "immunisations_practice": Page((COORDINATOR,), lambda w: w.practice.pk, shared=True),
    "immunisations_vaccination": Page((COORDINATOR,), lambda w: w.vaccination.public_id),
    "immunisations_recordcheck": Page((COORDINATOR,), lambda w: w.check.public_id),
    "immunisations_reaction": Page((COORDINATOR,), lambda w: w.vaccination.reactions.get().public_id),
    "immunisations_followup": Page((COORDINATOR,), lambda w: w.person.follow_ups.get().public_id),
    "immunisations_recordsent": Page((COORDINATOR,), lambda w: w.sent.public_id),
    "immunisations_dosejudgement": Page((COORDINATOR,), lambda w: w.judgement.public_id),
    "bookings_booking": Page((COORDINATOR,), lambda w: w.booking.public_id),
    "bookings_healthanswers": Page((COORDINATOR,), lambda w: w.appointment.health_answers.get().public_id),
    "bookings_waitinglistentry": Page((COORDINATOR,), lambda w: w.team.waiting_list.earliest("pk").public_id),
    "bookings_waitinglistoffer": Page((COORDINATOR,), lambda w: w.session.waiting_list_offers.get().public_id),
    "bookings_openingalert": Page((COORDINATOR,), lambda w: OpeningAlert.objects.get(session=w.session).public_id),
    "bookings_dropinticket": Page((COORDINATOR,), lambda w: w.session.drop_in_tickets.get().public_id),
    "messaging_message": Page((COORDINATOR,), lambda w: w.message.public_id),
    "messaging_stoprequest": Page((COORDINATOR,), lambda w: w.team.stop_requests.get().pk),
}
# Superusers add what a role may add, and teams.
SUPERUSER_ADDS = {"accounts_team"}
INSIDE = [COORDINATOR, ADMINISTRATOR, PRIVACY_LEAD]


def entries(name: str, page: Page) -> dict[str, Entry]:
    """Return the five addresses of one model."""

    def row(world: World) -> dict[str, Any]:
        return {"object_id": page.row(world)}

    def seen(*statuses: int, **words: Any) -> Entry:
        return staff(page.roles, *statuses, arguments=row, superuser=(200,), **words)

    others = (200,) if page.shared else (404,)
    adds = page.may_add or name in SUPERUSER_ADDS
    return {
        f"admin:{name}_changelist": staff(page.roles, superuser=(200,)),
        f"admin:{name}_add": staff(page.roles if page.may_add else [], superuser=(200,) if adds else (403,)),
        f"admin:{name}_change": seen(others=others),
        f"admin:{name}_history": seen(others=others),
        f"admin:{name}_delete": staff([], arguments=row, superuser=(403,)),
    }


TABLE: dict[str, Entry] = {
    "admin:index": staff(INSIDE, superuser=(200,)),
    "admin:login": Entry((302,), {r: (302,) if r in INSIDE else (403,) for r in ROLES}, (302,), (302,)),
    "admin:logout": staff(INSIDE, 302, superuser=(302,)),
    "admin:password_change": staff(INSIDE, 302, superuser=(302,)),
    "admin:password_change_done": staff(INSIDE, 302, superuser=(302,)),
    # Without the name of a field it belongs to, nobody is offered any choices.
    "admin:autocomplete": staff([], superuser=(403,)),
    "admin:jsi18n": staff(INSIDE, superuser=(200,)),
    "admin:app_list": Entry(
        (302,),
        {role: {COORDINATOR: (200,), ADMINISTRATOR: (404,), PRIVACY_LEAD: (404,)}.get(role, (403,)) for role in ROLES},
        (200,),
        (200,),
        lambda world: {"app_label": "clinics"},
    ),
    "admin:auth_user_password_change": staff(
        [ADMINISTRATOR], arguments=lambda world: {"id": world.users["desk"].public_id}, superuser=(200,)
    ),
}
for _name, _page in PAGES.items():
    TABLE |= entries(_name, _page)
