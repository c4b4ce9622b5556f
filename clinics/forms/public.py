"""The public's search for a clinic."""

from django.utils.translation import gettext_lazy as _

from clinics.finder import LONGEST
from nhsuk.forms import NhsukForm, TextField


class SearchForm(NhsukForm):
    """Where somebody wants to go."""

    near = TextField(
        label=_("Where do you want to go?"),
        help_text=_("Enter a town, village or postcode, or part of a postcode"),
        subject=_("a town, village or postcode"),
        max_length=LONGEST,
        spellcheck=False,
        width=20,
        size="m",
    )

    def not_found(self) -> None:
        """Say that what was typed is no place we know."""
        self.add_error(
            "near", _("We cannot find “%(typed)s” – check it or try a nearby town") % {"typed": self.typed("near")}
        )
