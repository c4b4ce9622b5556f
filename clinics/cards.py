"""A venue in the public's list, with its next clinics: what stands there, and its HTML."""

from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import get_script_prefix, get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from clinics.queries import ClinicDay, ListedSession, ListedVenue


class CardDay(NamedTuple):
    """A clinic on a card."""

    slug: str
    name: str
    words: str
    offer: str


class Card(NamedTuple):
    """Everything that a card shows, in words."""

    name: str
    full_address: str
    distance: str
    next: CardDay
    later: tuple[CardDay, ...]
    more_days: int
    access_facts: tuple[str, ...]


def _day(day: ClinicDay[ListedSession]) -> CardDay:
    return CardDay(day.session.slug, day.session.name, day.words, day.offer)


def card_of(venue: ListedVenue) -> Card:
    """Return what the card of a venue shows now."""
    soonest, *later = map(_day, venue.days)
    facts = tuple(venue.access_facts)
    return Card(venue.name, venue.full_address, venue.distance, soonest, tuple(later), venue.more_days, facts)


def render(card: Card) -> SafeString:
    """Return the HTML of a card.

    The same card is asked for again and again, so its HTML is kept. It is kept by everything that it is made of, so it
    cannot be out of date: a card that shows something else is another card. Not while templates are worked on.
    """
    where = (get_language(), get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF)
    return (_render.__wrapped__ if settings.DEBUG else _render)(card, *where)


@lru_cache(maxsize=1000)
def _render(card: Card, language: str | None, prefix: str, addresses: str) -> SafeString:
    return render_to_string("clinics/card.html", {"card": card}, using="django")
