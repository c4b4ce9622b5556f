"""The words of times and days, for templates."""

from django import template
from django.utils.safestring import SafeString

from clinics import cards, words
from clinics.queries import ListedVenue
from nhsuk.language import with_commas

register = template.Library()

register.filter("clock", words.clock)
register.filter("day_words", words.day)
register.filter("plain_date", words.plain_date)
register.filter("short_day", words.short_day)
register.filter("brief_day", words.brief_day)
register.filter("brief_date", words.brief_date)


@register.simple_tag
def comma() -> str:
    """Return the comma of the page's language, with the space after it."""
    return with_commas(("", ""))


@register.simple_tag
def venue_card(venue: ListedVenue) -> SafeString:
    """Render a venue in the list of clinics."""
    return cards.render(cards.card_of(venue))
