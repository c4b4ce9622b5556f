"""What the page of one dose offers: batches, and why others are left out; directions; sites used already."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members import members
from accounts.models import User
from accounts.permissions import Permission
from clinics.directions import directions_for, in_force, why_none
from clinics.models import Batch, ClinicSession, Direction, Product
from clinics.stock import batches_for
from clinics.vaccines import Vaccine
from clinics.words import clock
from immunisations.models import Vaccination
from immunisations.policies import what_to_do_without
from immunisations.products import forbidden_by_facts, unsuited_by_age


@dataclass(frozen=True)
class Offer:
    """What may be given to one person: batches, soonest to expire first (with a wish for no gelatine, those without it
    before the others), the products a missing batch may be of, and why other products are left out.
    """

    batches: list[Batch]
    products: list[Product]
    left_out: list[str]
    # Whether products are left out for the family's wish alone: they can be shown after all.
    wish_hides: bool


def offer_of(
    *,
    session: ClinicSession,
    vaccines: Collection[str],
    born: date,
    facts: Collection[str],
    gelatine_free: bool,
    despite_wish: bool,
) -> Offer:
    """Return what of these vaccines may be given at a clinic to somebody born on ``born``.

    Batches that expired, are in quarantine, or are held at this clinic are never in it.
    A family's wish for no gelatine leaves those with
    gelatine out while there is another in stock, unless they are asked for ``despite_wish``.
    """
    on = session.date
    batches, held_here = batches_for(session=session, vaccines=vaccines, on=on)
    products = list(Product.objects.filter(vaccine__in=vaccines, in_use=True))
    reasons = {}
    for product in {each.pk: each for each in [*products, *(batch.product for batch in batches)]}.values():
        against = forbidden_by_facts(product, facts) or unsuited_by_age(product, born=born, on=on)
        if against is not None:
            reasons[product.pk] = (product, against.message)
    held = {batch.product_id for batch in batches}
    batches = [batch for batch in batches if batch.product_id not in reasons]
    products = [product for product in products if product.pk not in reasons]
    left_out = [
        _("%(product)s is left out: %(reason)s") % {"product": product.name, "reason": reason}
        for product, reason in reasons.values()
        if product.pk in held
    ]
    left_out += [
        _("%(product)s, %(number)s, is left out: %(reason)s")
        % {"product": batch.product.name, "number": batch.number, "reason": why}
        for batch, why in held_here
    ]
    wish_hides = False
    if gelatine_free:
        products.sort(key=lambda product: product.contains_gelatine)
        batches.sort(key=lambda batch: batch.product.contains_gelatine)
        without = [batch for batch in batches if not batch.product.contains_gelatine]
        wish_hides = bool(without) and len(without) < len(batches) and not despite_wish
        if wish_hides:
            names = dict.fromkeys(batch.product.name for batch in batches if batch.product.contains_gelatine)
            left_out += [
                _("%(product)s is left out: the family asked for no gelatine.") % {"product": name} for name in names
            ]
            batches = without
    return Offer(batches, products, left_out, wish_hides)


@dataclass(frozen=True)
class DirectionsOffer:
    """What a dose may be given under: the directions in force, or why there is none and what to do."""

    directions: list[Direction]
    problem: str = ""

    def named(self, public_id: str) -> Direction | None:
        """Return the direction of that id, where it is one of these."""
        return next((each for each in self.directions if str(each.public_id) == public_id), None)


def directions_offer(team_id: int, vaccines: Sequence[str], on: date) -> DirectionsOffer:
    """Return what a dose of the first of these vaccines, or else of another, may be given under on a day."""
    known = directions_for(team_id, vaccines)
    found = list(dict.fromkeys(each for vaccine in vaccines for each in in_force(known, vaccine, on)))
    if found:
        return DirectionsOffer(found)
    return DirectionsOffer([], f"{why_none(known, vaccines[0], on)} {what_to_do_without()}")


def used_sites(recorded: Collection[Vaccination]) -> dict[str, str]:
    """Return, for each site used at this clinic, by what and when: “6-in-1 at 10:32am”."""
    words: dict[str, str] = {}
    for row in recorded:
        if row.body_site and row.given_at is not None:
            said = _("%(vaccine)s at %(time)s") % {
                "vaccine": Vaccine(row.vaccine).label,
                "time": clock(timezone.localtime(row.given_at)),
            }
            words[row.body_site] = ", ".join(filter(None, [words.get(row.body_site), said]))
    return words


@dataclass(frozen=True)
class Staff:
    """Who may have given a dose, and who may have supplied it, by their outside ids."""

    vaccinators: dict[str, User]
    suppliers: dict[str, User]


def staff_of_team(team_id: int, *, but: User) -> Staff:
    """Return the team's members besides one, by name."""
    others = [user for user in members(team_id) if user.pk != but.pk]
    vaccinators = {user.pk for user in members(team_id, Permission.VACCINATE)}
    return Staff(
        {str(user.public_id): user for user in others if user.pk in vaccinators},
        {str(user.public_id): user for user in others},
    )
