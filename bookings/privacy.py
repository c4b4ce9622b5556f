"""A young person's wish that parents are not told: who must not be written to, and about whom.

A person under 18 who decides for themselves may ask it (Green Book chapter 2). Nothing about them then goes to whoever
booked, unless they booked for themselves; the wish is looked up whenever something is about to be said.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.recurring import Recurring
from bookings.models import Appointment
from immunisations.models import Consent, Person
from immunisations.policies import OWN_ROUTES, wishes


@cache
def _words_for_themselves() -> frozenset[str]:
    """Return how a booking says that somebody booked for themselves, in each language it may be made in."""
    words = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            words.add(_("Booked for themselves"))
    return frozenset(words)


def is_for_themselves(relationship: str) -> bool:
    """Whether these words of a contact say that they book for themselves, in whichever language."""
    return relationship in _words_for_themselves()


def booked_for_themselves(appointment: Appointment) -> bool:
    """Whether whoever booked is the person whose appointment it is. ``appointment.booking`` is loaded.

    Without a name it is the first of the booking: whoever books for others too is asked for theirs, and whoever is
    added later is somebody else.
    """
    booking = appointment.booking
    if not is_for_themselves(booking.relationship):
        return False
    contact, person = (" ".join(words.split()).casefold() for words in (booking.contact_name, str(appointment)))
    return contact == person or (not contact and appointment.position == 1)


def _own_words(roots: Q) -> QuerySet[Consent, tuple[int, list[str], bool]]:
    # Found by the rows of the people, which are few, so that no other consent is read.
    return (
        Consent.objects.filter(route__in=OWN_ROUTES, visit__person__in=Person.objects.filter(roots).values("pk"))
        .annotate(root=Coalesce("visit__person__merged_into", "visit__person"))
        .order_by("at", "pk")
        .values_list("root", "vaccines", "parents_not_told")
    )


_OF_ONE: Recurring[tuple[int, list[str], bool]] = Recurring(
    lambda root: _own_words(Q(pk=root) | Q(merged_into=root)), root=BigIntegerField()
)


def _said_by(roots: list[int]) -> Iterable[tuple[int, list[str], bool]]:
    if len(roots) == 1:
        return _OF_ONE.all(root=roots[0])
    return _own_words(Q(pk__in=roots) | Q(merged_into__in=roots))


def private_people(roots: Collection[int]) -> set[int]:
    """Return those of these people (ids of root rows) who asked that parents are not told, in one query.

    The latest word on each vaccine counts that they gave for themselves, at whichever clinic and on whichever of
    their rows: the wish about one vaccine is not lifted by what they say about another.
    """
    own: dict[int, list[tuple[list[str], bool]]] = {}
    keys = sorted(roots)
    for root, vaccines, not_told in _said_by(keys):
        own.setdefault(root, []).append((vaccines, not_told))
    return {root for root, said in own.items() if any(wishes(said).values())}


def kept_from_contact(appointments: Iterable[Appointment]) -> set[int]:
    """Return the ids of those appointments of which whoever booked may hear nothing more.

    ``booking`` and ``person`` are loaded. An appointment that nobody has matched to a person is nobody's secret yet.
    """
    of_others = {
        appointment.pk: appointment.person.merged_into_id or appointment.person.pk
        for appointment in appointments
        if appointment.person is not None and not booked_for_themselves(appointment)
    }
    private = private_people(set(of_others.values())) if of_others else set()
    return {pk for pk, root in of_others.items() if root in private}


def to_come_as_told(appointments: Iterable[Appointment], at: datetime) -> list[Appointment]:
    """Return those appointments that whoever booked takes for still to come: booked, with their time ahead.

    Somebody who came before their time is left out, unless that is kept from whoever booked: nothing tells it then
    until their time is over. ``booking`` and ``person`` are loaded.
    """
    ahead = [each for each in appointments if each.state == Appointment.State.BOOKED and each.starts_at > at]
    kept = kept_from_contact(each for each in ahead if each.visit_id is not None)
    return [each for each in ahead if each.visit_id is None or each.pk in kept]
