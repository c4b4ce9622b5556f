"""Who is coming: names, dates of birth, NHS numbers, and what help they need."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from nhsuk.forms import (
    CheckboxesField,
    DateInputField,
    NameField,
    NhsNumberField,
    NhsukForm,
    RadiosField,
    TextareaField,
)

YES, NO = "yes", "no"
NONE = "none"
# Codes are stored in drafts; the words go into the appointment's record of support needed.
NEEDS = {
    "extra_time": _("A longer appointment"),
    "hearing": _("Trouble hearing"),
    "seeing": _("Trouble seeing"),
    "moving": _("Trouble moving or walking"),
    "learning": _("A learning disability, autism, or trouble communicating"),
    "needles": _("Very afraid of needles"),
    "fainting": _("Has fainted before at a vaccination or blood test"),
    "private": _("A quiet or private space"),
}


# For whoever books: how they want to be told things.
MY_NEEDS = {
    "easy_read": _("Easy read: short words and pictures"),
    "large_print": _("Large print"),
    "bsl": _("British Sign Language video"),
    "spoken": _("A phone call instead of writing"),
    "hearing": _("Trouble hearing"),
    "seeing": _("Trouble seeing"),
    "moving": _("Trouble moving or walking"),
}
ME = "me"


class PersonNameForm(NhsukForm):
    """A child's or adult's name."""

    first_name = NameField(
        label=_("First name"),
        subject=_("the first name of the child or adult"),
        autocomplete="off",
        width=20,
        error_messages={"required": _("Enter the first name of the child or adult")},
    )
    last_name = NameField(
        label=_("Last name"),
        help_text=_("Leave this empty if they have one name"),
        subject=_("the last name of the child or adult"),
        autocomplete="off",
        required=False,
        width=20,
    )


class DateOfBirthForm(NhsukForm):
    """A full date of birth."""

    date_of_birth = DateInputField(help_text=_("For example, 27 3 2020"), heading=True)

    def __init__(self, *args: Any, first_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["date_of_birth"]
        field.label = _t("What is %(name)s’s date of birth?") % {"name": first_name}
        field.subject = _t("%(name)s’s date of birth") % {"name": first_name}


class ApproximateDateOfBirthForm(NhsukForm):
    """What is known of a date of birth: a year, perhaps a month."""

    date_of_birth = DateInputField(
        help_text=_("Give the year. Add the month and day if you know them. For example, 3 2020, or 2020"),
        heading=True,
        partial=True,
    )

    def __init__(self, *args: Any, first_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["date_of_birth"]
        field.label = _t("About when was %(name)s born?") % {"name": first_name}
        field.subject = _t("%(name)s’s date of birth") % {"name": first_name}


class AnotherForm(NhsukForm):
    """Whether somebody else is coming too."""

    another = RadiosField(
        label=_("Is anybody else coming for a vaccination?"),
        help_text=_("You can book for up to 6 people. We find times for them one after the other."),
        choices=[(YES, _("Yes, add another child or adult")), (NO, _("No, nobody else"))],
        size="m",
        error_messages={"required": _("Select yes if anybody else is coming")},
    )


class NhsNumberForm(NhsukForm):
    """An NHS number, for those who know it."""

    known = RadiosField(
        choices=[(YES, _("Yes")), (NO, _("No, continue without it"))],
        help_text=_(
            "It is 10 digits, like 999 123 4560. It is on NHS letters, in the red book or in the NHS App. "
            "You do not need it."
        ),
        heading=True,
        reveals={YES: ["nhs_number"]},
    )
    nhs_number = NhsNumberField(label=_("NHS number"), subject=_("the NHS number"))

    def __init__(self, *args: Any, first_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["known"]
        field.label = _t("Do you know %(name)s’s NHS number?") % {"name": first_name}
        field.error_messages["required"] = _t("Select yes if you know %(name)s’s NHS number") % {"name": first_name}
        field.own_messages = frozenset({"required"})


class LanguageForm(NhsukForm):
    """Whether an interpreter is wanted."""

    interpreter = RadiosField(
        label=_("Do you want an interpreter at the clinic?"),
        choices=[(NO, _("No")), (YES, _("Yes"))],
        heading=True,
        reveals={YES: ["spoken_language"]},
        error_messages={"required": _("Select yes if you want an interpreter")},
    )
    spoken_language = NameField(
        label=_("Which language?"),
        help_text=_("For example, Polish, Romanian or British Sign Language"),
        subject=_("which language you want"),
        max_length=60,
        width=20,
    )


class HelpForm(NhsukForm):
    """Whether, and for whom, extra help is wanted."""

    wanted = RadiosField(
        choices=[(NO, _("No")), (YES, _("Yes"))],
        reveals={YES: ["who"]},
        help_text=_("For example, trouble hearing or moving, being very afraid of needles, or a learning disability."),
        heading=True,
        error_messages={"required": _("Select yes if anybody needs extra help")},
    )
    who = CheckboxesField(
        label=_("Who needs extra help?"), error_messages={"required": _("Select who needs extra help")}
    )

    def __init__(self, *args: Any, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted: Any = self.fields["wanted"]
        if len(names) == 1:
            wanted.label = _t("Do you or %(name)s need extra help or a longer appointment?") % {"name": names[0]}
        else:
            wanted.label = _t("Does anybody need extra help or a longer appointment?")
        who: Any = self.fields["who"]
        who.choices = [
            *((str(number), name) for number, name in enumerate(names, start=1)),
            (ME, _t("Me, the person who is booking")),
        ]


class NeedsForm(NhsukForm):
    """What help one person needs."""

    needs = CheckboxesField(
        help_text=_("Select all that apply"),
        choices=[*NEEDS.items(), (NONE, _("None of these"))],
        exclusive=[NONE],
        choice_dividers={NONE: _("or")},
        choice_hints={"extra_time": _("We keep twice the time")},
        heading=True,
    )
    words = TextareaField(
        label=_("What else should we know? (optional)"), subject=_("what else we should know"), max_length=200, rows=3
    )

    def __init__(self, *args: Any, first_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["needs"]
        field.label = _t("What help does %(name)s need?") % {"name": first_name}
        field.error_messages["required"] = _t("Select what help %(name)s needs, or “None of these”") % {
            "name": first_name
        }
        field.own_messages = frozenset({"required"})
        self.fields["words"].required = False


class MyNeedsForm(NhsukForm):
    """What help the person who books needs."""

    needs = CheckboxesField(
        label=_("What help do you need?"),
        help_text=_("Select all that apply. We tell the people at the clinic."),
        choices=[*MY_NEEDS.items(), (NONE, _("None of these"))],
        exclusive=[NONE],
        choice_dividers={NONE: _("or")},
        heading=True,
        error_messages={"required": _("Select what help you need, or “None of these”")},
    )
    words = TextareaField(
        label=_("What else should we know? (optional)"),
        subject=_("what else we should know"),
        max_length=200,
        rows=3,
        required=False,
    )
