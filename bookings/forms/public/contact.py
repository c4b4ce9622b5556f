"""Who is booking, and how to reach them."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bookings.drafts import MYSELF
from nhsuk.forms import CheckboxesField, EmailField, NameField, NhsukForm, PhoneField, RadiosField, TextareaField

TEXT, EMAIL, NEITHER = "text", "email", "neither"
OTHER = "other"
RELATIONSHIPS = {
    "mother": _("Mother"),
    "father": _("Father"),
    "grandparent": _("Grandparent"),
    "foster_carer": _("Foster carer"),
    OTHER: _("Someone else"),
}


class AboutYouForm(NhsukForm):
    """The relationship and name of whoever books."""

    relationship = RadiosField(reveals={OTHER: ["other"]}, size="m")
    other = NameField(
        label=_("Who are you to them?"),
        help_text=_("For example, aunt, social worker or interpreter"),
        subject=_("who you are to them"),
        max_length=60,
        width=20,
    )
    contact_name = NameField(
        label=_("Your full name"),
        subject=_("your full name"),
        max_length=200,
        autocomplete="name",
        width=20,
        required=False,
        size="m",
    )
    parental = RadiosField(
        label=_("Can someone with parental responsibility come to the clinic?"),
        help_text=_("For example, a mother, a father or a legal guardian."),
        choices=[("yes", _("Yes")), ("no", _("No")), ("not_sure", _("Not sure"))],
        choice_hints={
            "no": _(
                "You can still book. The nurse will need to speak to them by phone. Please have their number with you."
            )
        },
        size="m",
        required=False,
    )

    def __init__(
        self, *args: Any, names: str, with_myself: bool, with_parent: bool, several: bool = False, **kwargs: Any
    ) -> None:
        """``with_parent``: whether somebody is too young to consent for themselves; ``several``: whether others come.

        Who of several books for themselves is known by their name alone.
        """
        super().__init__(*args, **kwargs)
        self.several = several
        if not with_parent:
            del self.fields["parental"]
        field: Any = self.fields["relationship"]
        field.label = _t("What is your relationship to %(names)s?") % {"names": names}
        field.error_messages["required"] = _t("Select your relationship to %(names)s") % {"names": names}
        field.own_messages = frozenset({"required"})
        choices = list(RELATIONSHIPS.items())
        if with_myself:
            choices.insert(0, (MYSELF, _("I am booking for myself")))
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Ask for the name of everybody who does not book for themselves alone."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = cleaned.get("relationship")
        named = cleaned.get("contact_name") or "contact_name" in self.errors
        if chosen and (chosen != MYSELF or self.several) and not named:
            self.add_error("contact_name", _t("Enter your full name"))
        if "parental" in self.fields and not cleaned.get("parental") and "parental" not in self.errors:
            self.add_error("parental", _t("Select yes if someone with parental responsibility can come"))
        return cleaned


class MobileAndEmailForm(NhsukForm):
    """Where a text or an email goes."""

    mobile = PhoneField(
        label=_("Mobile number"),
        subject=_("a UK mobile number, like 07700 900 982"),
        mobile=True,
        autocomplete="tel",
    )
    email = EmailField(
        label=_("Email address"),
        subject=_("an email address in the correct format, like name@example.com"),
        autocomplete="email",
    )


class ContactForm(MobileAndEmailForm):
    """By which ways the contact can be reached, if any."""

    contact_by = CheckboxesField(
        label=_("How should we send you the details of your booking?"),
        help_text=_("Select all that apply. We only write about this booking."),
        choices=[(TEXT, _("Text message")), (EMAIL, _("Email")), (NEITHER, _("I do not have a mobile or email"))],
        choice_dividers={NEITHER: _("or")},
        choice_hints={NEITHER: _("You can still book. You will get a reference to write down.")},
        exclusive=[NEITHER],
        reveals={TEXT: ["mobile"], EMAIL: ["email"], NEITHER: ["landline", "letter_address"]},
        heading=True,
        error_messages={"required": _("Select how we should send you the details")},
    )
    landline = PhoneField(
        label=_("Another phone number, if you have one (optional)"), subject=_("a phone number"), required=False
    )
    letter_address = TextareaField(
        label=_("Address for a letter (optional)"),
        help_text=_("We send the details by post too if you give an address. End with the postcode."),
        subject=_("the address for a letter"),
        max_length=300,
        rows=4,
        required=False,
    )
    field_order = ["contact_by", "mobile", "email", "landline", "letter_address"]


# Well-known providers, and how their names are often mistyped.
MISTYPED = {
    "gmail.com": ("gmial.com", "gmai.com", "gmal.com", "gamil.com", "gnail.com", "gmail.co", "gmail.con", "gmail.cm"),
    "hotmail.com": ("homtail.com", "hotmial.com", "hotmal.com", "hotmai.com", "hotnail.com", "hotmail.con"),
    "hotmail.co.uk": ("homtail.co.uk", "hotmial.co.uk", "hotmal.co.uk", "hotmail.co", "hotmail.couk"),
    "outlook.com": ("outlok.com", "outloo.com", "outlook.con", "oultook.com", "outlook.co"),
    "yahoo.com": ("yaho.com", "yahooo.com", "yhaoo.com", "yahoo.con"),
    "yahoo.co.uk": ("yaho.co.uk", "yahooo.co.uk", "yhaoo.co.uk", "yahoo.couk"),
    "icloud.com": ("iclod.com", "icoud.com", "icloud.con", "icluod.com"),
    "live.co.uk": ("live.couk", "liv.co.uk"),
    "btinternet.com": ("btinernet.com", "btintenet.com", "btinternet.con"),
    "nhs.net": ("nhs.ne", "nhs.nte"),
}
MEANT = {wrong: right for right, several in MISTYPED.items() for wrong in several}


def email_meant(email: str) -> str:
    """Return the address that was probably meant where a well-known provider's name is mistyped, else ""."""
    name, _at, domain = email.rpartition("@")
    meant = MEANT.get(domain.lower())
    return f"{name}@{meant}" if meant else ""
