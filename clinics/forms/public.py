"""The public's search for a clinic."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from clinics.finder import LONGEST
from clinics.queries import WISHES
from nhsuk.forms import CheckboxesField, NhsukForm, RadiosField, TextField, field_of
from nhsuk.forms.options import ENTER


def near_field(**different: Any) -> TextField:
    """Return the box that asks where somebody wants to go."""
    usual: dict[str, Any] = {
        "label": _("Where do you want to go?"),
        "help_text": _("Enter a town, village or postcode, or part of a postcode"),
        "subject": _("a town, village or postcode"),
        "max_length": LONGEST,
        "spellcheck": False,
        "width": 20,
        "size": "m",
    }
    return TextField(**usual | different)


class SearchForm(NhsukForm):
    """Where somebody wants to go."""

    near = near_field()

    def not_found(self) -> None:
        """Say that what was typed is no place we know."""
        self.add_error(
            "near",
            _("We cannot find “%(typed)s” – check it, or try a nearby town or a postcode")
            % {"typed": self.typed("near")},
        )


NONE_OF_THESE = "none"


class WhichForm(NhsukForm):
    """Which of several places is meant."""

    which = RadiosField(
        label=_("Which place do you mean?"), size="m", error_messages={"required": _("Select the place that you mean")}
    )

    def __init__(self, *args: Any, towns: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = (NONE_OF_THESE, _t("None of these: I want to search again"))
        field_of(self, "which").choices = [*((town, town) for town in towns), none]


class ListForm(SearchForm):
    """The search of the list: where, and which clinics only."""

    only = CheckboxesField(label=_("Show only"), choices=list(WISHES.items()), required=False, small=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Without a place the list is of all clinics that fit.
        self.fields["near"].required = False

    def clean(self) -> dict[str, Any]:
        """Ask for a place, unless something else was asked for."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("near") and not cleaned.get("only") and not self.errors:
            near: Any = self.fields["near"]
            self.add_error("near", near.error("required", ENTER))
        return cleaned
