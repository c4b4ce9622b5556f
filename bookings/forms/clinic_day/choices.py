"""Answers that several forms of the clinic day offer."""

from django.utils.translation import gettext_lazy as _

WHO_IS_HERE = (
    ("parent", _("Yes")),
    ("nobody", _("No")),
    ("adult", _("They are an adult")),
)
