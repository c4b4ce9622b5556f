"""What a source is called where somebody reads of it."""

from django.utils.translation import gettext as _

from immunisations.models.record_check import CheckSource

# Somebody's word is no list of doses: that it leaves one out says nothing.
NOT_A_LIST = frozenset({CheckSource.VERBAL.value, CheckSource.NONE.value})
# The sources that one looks at, in the order of the page; that there is none anywhere is no source.
LOOKED_AT = tuple(source for source in CheckSource if source != CheckSource.NONE)


def source_words(source: str, source_name: str = "") -> str:
    """Return the source by its exact name where it has one: "CHIS file of 3 May", "Red book (photo of two pages)"."""
    label = str(CheckSource(source).label)
    if not source_name:
        return label
    if source == CheckSource.OTHER or source_name.casefold().startswith(label.casefold()):
        return source_name
    return _("%(source)s (%(name)s)") % {"source": label, "name": source_name}


def within_a_sentence(words: str) -> str:
    """Return the words without a capital at their start, except where they start with an abbreviation."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]
