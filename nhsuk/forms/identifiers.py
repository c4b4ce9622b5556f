"""Fields for what people copy from letters and phones: names, NHS numbers, postcodes, telephone numbers."""

import re
import unicodedata
from typing import Any

import nhs_number
import phonenumbers
from django.utils.translation import gettext_lazy as _

from nhsuk.forms.fields import TextField, storable

# Punctuation that people write between the parts of a number or code.
SEPARATORS = re.compile(r"[\s.,/\\()\[\]·•_-]")
NATIONAL_INSURANCE = re.compile(r"[A-Z]{2}\d{6}[A-D]?", re.ASCII)
POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})", re.ASCII)
UK_MOBILE = re.compile(r"\+447[1-9]\d{8}", re.ASCII)
UK_NUMBER = re.compile(r"\+44[1235789]\d{8,9}", re.ASCII)


def compact(text: str) -> str:
    """Return the text in capitals without blanks, dashes, dots and invisible characters, its digits plain ones."""
    plain = unicodedata.normalize("NFKC", text)
    kept = "".join(c for c in plain if unicodedata.category(c) not in ("Cc", "Cf", "Pd"))
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in kept)
    return SEPARATORS.sub("", digits).upper()


class NameField(TextField):
    """A person's name: any script, 1 to 100 characters, never corrected."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 100)
        kwargs.setdefault("spellcheck", False)
        super().__init__(*args, **kwargs)


class NhsNumberField(TextField):
    """An NHS number, checked by its check digit; cleaned to ten digits, or "" where none was given.

    Numbers of the never-issued 999 range pass, because invented people carry them.
    Rule of the check digit: NHS Data Dictionary, attribute NHS NUMBER.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        for name, value in (("inputmode", "numeric"), ("spellcheck", False), ("width", 10)):
            kwargs.setdefault(name, value)
        super().__init__(*args, **kwargs)

    def fallback_subject(self) -> str:
        """Return the words for a form that named no subject."""
        return str(_("an NHS number"))

    def to_python(self, value: Any) -> str:
        """Return the ten digits; say what is wrong with anything else."""
        text = super().to_python(value)
        if not text or not storable(text):
            return text
        digits = compact(text)
        if NATIONAL_INSURANCE.fullmatch(digits):
            words = _("That looks like a National Insurance number. An NHS number is 10 digits, like 999 123 4560")
            raise self.error("national_insurance", words)
        if not digits.isdecimal():
            raise self.error("not_digits", _("NHS number must only include numbers"))
        if len(digits) != 10:
            raise self.error("length", _("NHS number must be 10 digits – you entered %(count)s"), count=len(digits))
        if not nhs_number.is_valid(digits):
            raise self.error("check_digit", _("Check the NHS number – one digit may be wrong"))
        return digits


class PostcodeField(TextField):
    """A full UK postcode in any case and spacing; cleaned to "NE12 6SS", or "" where none was given.

    The pseudo postcodes (ZZ99 3VZ means no fixed abode, NHS Data Dictionary) pass as any other.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        for name, value in (("spellcheck", False), ("width", 10)):
            kwargs.setdefault(name, value)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the postcode in its usual form; refuse anything else with an example."""
        text = super().to_python(value)
        if not text or not storable(text):
            return text
        found = POSTCODE.fullmatch(compact(text))
        if found is None:
            raise self.error("invalid", _("Enter a full UK postcode, like WR11 4BS"))
        return f"{found[1]} {found[2]}"


class PhoneField(TextField):
    """A UK telephone number; cleaned to E.164 (+447700900982), or "" where none was given.

    ``mobile=True`` takes mobiles only. ``international=True`` also takes possible numbers of other countries, given
    with their country code. The form's ``typed(name)`` returns what the person wrote, for showing it back to them.
    Numbers are checked for being possible, not for being issued: numbers kept for examples are never issued.
    """

    def __init__(self, *args: Any, mobile: bool = False, international: bool = False, **kwargs: Any) -> None:
        for name, value in (("inputmode", "tel"), ("spellcheck", False), ("width", 20)):
            kwargs.setdefault(name, value)
        super().__init__(*args, **kwargs)
        self.mobile = mobile
        self.international = international
        self.widget.input_type = "tel"

    def to_python(self, value: Any) -> str:
        """Return the number in E.164; refuse anything else with an example."""
        text = super().to_python(value)
        if not text or not storable(text):
            return text
        number = self._parse(compact(text))
        if number is None:
            if self.mobile:
                raise self.error("invalid", _("Enter a UK mobile number, like 07700 900 982"))
            raise self.error("invalid", _("Enter a UK phone number, like 01632 960 001 or 07700 900 982"))
        return number

    def _parse(self, text: str) -> str | None:
        """Return the E.164 number, or None where it cannot be one of those asked for."""
        text = text.replace("+440", "+44")  # "+44 (0)7700 ..." is how many people write it
        if not re.fullmatch(r"\+?\d{7,15}", text, re.ASCII):
            return None
        try:
            parsed = phonenumbers.parse(text, "GB")
        except phonenumbers.NumberParseException:
            return None
        if not phonenumbers.is_possible_number(parsed):
            return None
        number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        if parsed.country_code != 44:
            return number if self.international else None
        return number if (UK_MOBILE if self.mobile else UK_NUMBER).fullmatch(number) else None
