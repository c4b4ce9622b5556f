"""What a co-ordinator writes on a page that answers the public's questions."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.guides import marks
from clinics.guides.files import FIELDS, GuideText
from clinics.models import Guide, GuideVersion
from nhsuk.forms import DateInputField, NhsukForm, TextareaField, TextField

LONGEST = 20_000
GUIDE_LINK = re.compile(r"\]\(/guides/([^/)\s]+)/\)")


class GuideForm(NhsukForm):
    """The whole text of a guide in one language."""

    based_on = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = TextField(label=gettext_lazy("Title"), subject=gettext_lazy("the title"), max_length=120, size="s")
    summary = TextField(
        label=gettext_lazy("In one sentence"),
        help_text=gettext_lazy("Shown under the title in the list of pages"),
        subject=gettext_lazy("what the page is about"),
        max_length=300,
        size="s",
    )
    body = TextareaField(
        label=gettext_lazy("Text"),
        subject=gettext_lazy("the text"),
        max_length=LONGEST,
        rows=24,
        size="s",
    )
    source = TextField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("Where these facts come from. Shown at the end of the page"),
        subject=gettext_lazy("the source"),
        max_length=300,
        size="s",
    )
    reviewed_on = DateInputField(
        label=gettext_lazy("When was it last checked against the source?"),
        subject=gettext_lazy("the day of the last review"),
        size="s",
    )
    review_by = DateInputField(
        label=gettext_lazy("When is the next review due?"),
        subject=gettext_lazy("the day of the next review"),
        limit="today_or_future",
        size="s",
    )

    def clean_body(self) -> str:
        """Refuse links that lead nowhere; the lines end as those of the files do."""
        text: str = self.cleaned_data["body"].replace("\r\n", "\n")
        known = set(Guide.objects.values_list("slug", flat=True))
        wrong = marks.problems(text)
        wrong += [
            _("There is no page /guides/%(slug)s/") % {"slug": slug}
            for slug in dict.fromkeys(GUIDE_LINK.findall(text))
            if slug not in known
        ]
        if wrong:
            raise ValidationError(wrong)
        return text

    def text(self) -> GuideText:
        """Return what was written."""
        return GuideText(**{name: self.cleaned_data[name] for name in FIELDS})


def initial_of(version: GuideVersion | None, based_on: GuideVersion | None) -> dict[str, Any]:
    """Return what the form starts from: the words of ``version``, to be saved after ``based_on``."""
    values = {name: getattr(version, name) for name in FIELDS} if version else {}
    return {**values, "based_on": based_on.public_id if based_on else None}
