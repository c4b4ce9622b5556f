"""The words that the macros would print in English unless they are given translated ones."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Translators: read aloud before an error message, and at the start of the title of a page that has one
ERROR = _("Error")

# For each component, the parameters set to a word of ours unless the page sets them.
WORDS: dict[str, tuple[tuple[str, object], ...]] = {
    "back-link": (("text", pgettext_lazy("link to the previous page", "Back")),),
    "character-count": (
        (
            "charactersUnderLimitText",
            {"other": _("You have %{count} characters remaining"), "one": _("You have %{count} character remaining")},
        ),
        ("charactersAtLimitText", _("You have 0 characters remaining")),
        (
            "charactersOverLimitText",
            {"other": _("You have %{count} characters too many"), "one": _("You have %{count} character too many")},
        ),
        ("textareaDescriptionText", _("You can enter up to %{count} characters")),
    ),
    "error-message": (("visuallyHiddenText", ERROR),),
    "error-summary": (("heading", _("There is a problem")),),
    "inset-text": (("visuallyHiddenText", _("Information")),),
    "password-input": (
        ("showPasswordText", _("Show")),
        ("hidePasswordText", _("Hide")),
        ("showPasswordAriaLabelText", _("Show password")),
        ("hidePasswordAriaLabelText", _("Hide password")),
        ("passwordShownAnnouncementText", _("Your password is visible")),
        ("passwordHiddenAnnouncementText", _("Your password is hidden")),
    ),
    "skip-link": (("text", _("Skip to main content")),),
    "warning-callout": (("visuallyHiddenText", _("Important")),),
}
