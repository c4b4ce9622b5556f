"""What a page says of a cool box that was too warm or too cold."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from clinics.words import listed
from immunisations.actions.stock import ReadingMade


def excursion_words(made: ReadingMade) -> str:
    """Return what is to be done about a reading outside +2 to +8 °C: what is in quarantine by it."""
    words = {"celsius": number_format(made.reading.celsius, 1), "box": made.reading.box}
    if not made.held:
        return _("%(box)s at %(celsius)s °C is outside +2 to +8 °C. Give nothing that was in it.") % words
    words["batches"] = listed([f"{batch.product.name} {batch.number}" for batch in made.held])
    return _("%(box)s at %(celsius)s °C is outside +2 to +8 °C. Quarantined: %(batches)s. Do not give them.") % words
