"""Why something that was confirmed for life does not hold."""

from django.utils.translation import gettext_lazy

from nhsuk.forms import NhsukForm, TextareaField


class LiftForm(NhsukForm):
    """The reason, which is kept."""

    reason = TextareaField(
        label=gettext_lazy("Why does it not hold?"),
        help_text=gettext_lazy("For example, an allergy clinic ruled it out, or it was written on the wrong person"),
        subject=gettext_lazy("why it does not hold"),
        max_length=300,
        rows=3,
        size="s",
    )
