"""Who is coming: names, dates of birth, NHS numbers, and what help they need."""

from collections.abc import Sequence
from typing import Any

from django.forms import TextInput
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bookings.drafts import SAME
from clinics.vaccines import Series, Vaccine, series_of
from clinics.words import listed
from nhsuk.forms import (
    CheckboxesField,
    DateInputField,
    NameField,
    NhsNumberField,
    NhsukForm,
    PostcodeField,
    RadiosField,
    TextareaField,
    TextField,
)
from nhsuk.language import isolate

YES, NO = "yes", "no"
NONE = "none"
NOT_SURE = "check"
# The answers on gelatine, as drafts keep them.
FREE, EITHER, SOME = "free", "either", "some"
# As long as Appointment.address.
LONGEST_ADDRESS = 300
# What each course protects against, in plain words.
AGAINST: dict[str, Any] = {
    Series.MEASLES: _("Measles, mumps and rubella. MMRV protects against chickenpox too"),
    Series.SIX_IN_ONE: _("Diphtheria, hepatitis B, Hib, polio, tetanus and whooping cough"),
    Series.FOUR_IN_ONE: _("Diphtheria, polio, tetanus and whooping cough, before school"),
    Series.TD_IPV: _("Diphtheria, polio and tetanus, for teenagers"),
    Series.MENB: _("Meningitis and blood poisoning from meningococcus group B"),
    Series.PNEUMOCOCCAL: _("Pneumonia, meningitis and blood poisoning from pneumococcus"),
    Series.ROTAVIRUS: _("Rotavirus, which gives babies diarrhoea and sickness"),
    Series.HPV: _("Cancers that a virus called HPV can lead to"),
    Series.MENACWY: _("Meningitis and blood poisoning from meningococcus groups A, C, W and Y"),
    Series.HIBMENC: _("Meningitis and blood poisoning from Hib and meningococcus group C"),
}
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


# For whoever books: what help they need, and how they want to be told things.
FORMATS = {
    "easy_read": _("Easy read: short words and pictures"),
    "large_print": _("Large print"),
    "bsl": _("British Sign Language video"),
    "spoken": _("A phone call instead of writing"),
    "other": _("Another way"),
}
MY_NEEDS = {
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


class SharedForm(NhsukForm):
    """A question about one person that is mostly answered alike for all of a family.

    ``others`` has the first names of the rest where the first person is asked, in one list: then the form asks too
    whether it is the same for them. ``first`` has the first person's name where another is asked: "the same as".
    """

    same = RadiosField(choices=[(YES, _("Yes")), (NO, _("No"))], size="m")

    def __init__(self, *args: Any, first_name: str, first: str, others: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        same: Any = self.fields["same"]
        if others:
            same.label = _t("Is it the same for %(names)s?") % {"names": others}
            same.error_messages["required"] = _t("Select yes if it is the same for %(names)s") % {"names": others}
            same.own_messages = frozenset({"required"})
        else:
            del self.fields["same"]
        self.name = first_name
        self.first = first

    def ask(self, field_name: str, label: str, required: str) -> None:
        """Put a question that names the person."""
        field: Any = self.fields[field_name]
        field.label = label % {"name": self.name}
        field.error_messages["required"] = required % {"name": self.name}
        field.own_messages = frozenset({"required"})

    def offer_same(self, field_name: str) -> None:
        """Offer "the same as the first person" before the other answers."""
        if self.first:
            field: Any = self.fields[field_name]
            field.choices = [(SAME, _t("The same as %(name)s") % {"name": self.first}), *field.choices]


class WantedForm(SharedForm):
    """What somebody comes for: of what the clinic offers, or a check of what is needed."""

    vaccines = CheckboxesField(help_text=_("Select all that apply"), exclusive=[NOT_SURE, SAME], heading=True)
    field_order = ("vaccines", "same")

    def __init__(self, *args: Any, offered: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["vaccines"]
        series = list(dict.fromkeys(str(series_of(code)) for code in offered))
        field.choices = [
            (NOT_SURE, _t("I am not sure. Please check for me")),
            *((each, vaccine_words(each, offered)) for each in series),
        ]
        field.nhsuk["choice_hints"] = {
            NOT_SURE: _t("A nurse checks the records and says what is needed"),
            **{each: AGAINST[each] for each in series},
        }
        field.nhsuk["choice_dividers"] = {series[0]: _t("or")} if series else {}
        self.ask("vaccines", _t("What is %(name)s’s appointment for?"), _t("Select what %(name)s’s appointment is for"))
        self.offer_same("vaccines")


def vaccine_words(series: str, offered: Sequence[str]) -> Any:
    """Return the name of a series, or of the one of its vaccines that a clinic offers."""
    codes = [code for code in offered if series_of(code) == series]
    return Vaccine(codes[0]).label if len(codes) == 1 else Series(series).label


class GelatineForm(NhsukForm):
    """Who may only have a vaccine without gelatine."""

    gelatine = RadiosField(
        help_text=_("Both protect equally well."),
        heading=True,
        error_messages={"required": _("Select which vaccine")},
    )
    who = CheckboxesField(
        label=_("Who needs the vaccine without gelatine?"),
        error_messages={"required": _("Select who needs the vaccine without gelatine")},
    )

    def __init__(self, *args: Any, names: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """``names`` has the number and first name of everybody for whom it matters."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["gelatine"]
        who: Any = self.fields["who"]
        if len(names) == 1:
            field.label = _t("Which vaccine can %(name)s have?") % {"name": names[0][1]}
            field.choices = [(FREE, _t("The vaccine without gelatine")), (EITHER, _t("Either vaccine"))]
            del self.fields["who"]
        else:
            field.label = _t("Which vaccine can %(names)s have?") % {"names": listed([name for _number, name in names])}
            field.choices = [
                (FREE, _t("Everybody: the vaccine without gelatine")),
                (EITHER, _t("Everybody: either vaccine")),
                (SOME, _t("Some need the vaccine without gelatine")),
            ]
            field.nhsuk["reveals"] = {SOME: ["who"]}
            who.choices = [(number, isolate(name)) for number, name in names]


class HomeForm(SharedForm):
    """Where somebody lives, as far as they want to say."""

    home = RadiosField(
        choices=[
            ("ours", _("This is our address")),
            ("staying", _("We are staying somewhere for now")),
            ("none", _("We do not have an address")),
            ("unsaid", _("I would rather not say")),
        ],
        help_text=_("It helps us to find the right records. You can book without an address."),
        heading=True,
        reveals={"ours": ["address", "postcode"], "staying": ["staying_address", "staying_postcode"]},
    )
    address = TextareaField(
        label=_("Address"),
        subject=_("the address"),
        max_length=LONGEST_ADDRESS,
        rows=3,
        autocomplete="street-address",
    )
    postcode = PostcodeField(label=_("Postcode"), subject=_("the postcode"), autocomplete="postal-code")
    staying_address = TextareaField(
        label=_("Where you are staying (optional)"),
        subject=_("where you are staying"),
        max_length=LONGEST_ADDRESS,
        rows=3,
        required=False,
    )
    staying_postcode = PostcodeField(
        label=_("The postcode of where you are staying (optional)"), subject=_("the postcode"), required=False
    )
    field_order = ("home", "address", "postcode", "staying_address", "staying_postcode", "same")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask(
            "home", _t("Where does %(name)s live?"), _t("Select where %(name)s lives, or “I would rather not say”")
        )
        self.offer_same("home")


class GpForm(SharedForm):
    """With which GP surgery somebody is registered, if with any."""

    gp = RadiosField(
        choices=[(YES, _("Yes")), (NO, _("No")), ("not_sure", _("Not sure"))],
        heading=True,
        reveals={YES: ["gp_surgery"]},
    )
    gp_surgery = TextField(
        label=_("Name or postcode of the GP surgery"),
        subject=_("the name or postcode of the GP surgery"),
        max_length=200,
        width=20,
    )
    field_order = ("gp", "gp_surgery", "same")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask(
            "gp",
            _t("Is %(name)s registered with a GP surgery?"),
            _t("Select yes if %(name)s is registered with a GP surgery"),
        )
        self.offer_same("gp")


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
    """Whether an interpreter is wanted, and how to send information."""

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
        # The page lists languages to choose from; any other can be written.
        widget=TextInput(attrs={"list": "languages", "autocomplete": "off"}),
    )
    formats = CheckboxesField(
        label=_("How should we send you information? (optional)"),
        help_text=_("We send plain text. Select all other ways that you need."),
        choices=list(FORMATS.items()),
        reveals={"other": ["format_words"]},
        required=False,
        size="m",
    )
    format_words = TextField(
        label=_("Which way?"),
        subject=_("in which way we should send you information"),
        max_length=100,
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
            *((str(number), isolate(name)) for number, name in enumerate(names, start=1)),
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
