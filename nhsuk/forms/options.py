"""How a field may look and speak: the options that every field of this kit takes besides Django's own."""

from typing import TYPE_CHECKING, Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

OPTIONS = frozenset(
    {
        "heading",
        "size",
        "caption",
        "width",
        "inputmode",
        "autocomplete",
        "autocapitalize",
        "spellcheck",
        "classes",
        "prefix_text",
        "suffix_text",
        "rows",
        "count",
        "choice_hints",
        "choice_dividers",
        "exclusive",
        "reveals",
        "inline",
        "small",
        "hide_label",
    }
)
# Words of the sentence for a missing answer, by how the answer is given.
# Translators: an error. %(subject)s is what is asked for, such as “your full name” or “Amina’s date of birth”; it comes
# in one form only, so where your language has cases, choose a sentence that fits it as it is, such as “Enter: ...”
ENTER = _("Enter %(subject)s")
# Translators: an error, for a choice; %(subject)s as in “Enter %(subject)s”
SELECT = _("Select %(subject)s")

# Invisible characters that carry meaning inside words of some scripts: zero-width non-joiner and joiner.
JOINERS = "\u200c\u200d"
# Translators: an error; %(Subject)s is what was asked for, such as “Your full name”, at the start of the sentence
UNSTORABLE = _("%(Subject)s includes a character that cannot be saved. Delete it and type it again")


# Mixed into fields of every kind; to the type checker it is one.
if TYPE_CHECKING:
    Base = forms.Field
else:
    Base = object


class FieldOptions(Base):
    """Mixed into each field: takes the options of OPTIONS, and ``subject``, the answer's name in error sentences.

    A subject is written as it stands inside a sentence: "Amina's date of birth" or "your email address".
    Forms may set ``field.subject`` and ``field.nhsuk[...]`` later, for words that depend on the person.
    """

    required_words: Any = ENTER

    def __init__(self, *args: Any, subject: Any = None, **kwargs: Any) -> None:
        self.nhsuk: dict[str, Any] = {name: kwargs.pop(name) for name in OPTIONS.intersection(kwargs)}
        self.subject = subject
        # A sentence written out by the page wins over the one made from the subject.
        self.own_messages = frozenset(kwargs.get("error_messages") or ())
        super().__init__(*args, **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return the copy that each form instance gets, with options of its own: words stay in their form."""
        copied = super().__deepcopy__(memo)
        copied.nhsuk = dict(self.nhsuk)
        return copied

    def words(self, message: Any, **params: Any) -> str:
        """Return the message with the subject filled in: ``%(subject)s`` as given, ``%(Subject)s`` at the start."""
        subject = str(self.subject or self.fallback_subject())
        return str(message) % {"subject": subject, "Subject": capfirst(subject), **params}

    def fallback_subject(self) -> str:
        """Return a subject made of the label, for fields whose form gave none."""
        # Translators: stands for %(subject)s in “Enter %(subject)s” where nothing better is known
        text = str(getattr(self, "label", None) or _("an answer")).rstrip("?:")
        return text[:1].lower() + text[1:]

    def error(self, code: str, message: Any, **params: Any) -> ValidationError:
        """Return the error with the subject filled in; ``error_messages[code]`` of the field wins."""
        if code in self.own_messages:
            message = self.error_messages[code]
        return ValidationError(self.words(message, **params), code=code)

    def validate(self, value: Any) -> None:
        """Refuse a missing answer in the words of the design system."""
        if self.required and value in self.empty_values:
            raise self.error("required", self.required_words)
        try:
            super().validate(value)
        except ValidationError as problem:
            if problem.code in ("invalid_choice", "required"):
                raise self.error(problem.code, SELECT) from problem
            raise
