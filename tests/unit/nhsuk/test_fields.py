"""What the fields accept, what they make of it, and what they say otherwise."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from nhsuk import forms
from nhsuk.forms.rendering import error_list, render_error_summary, render_field


def clean(field: Any, value: Any) -> Any:
    """Return the cleaned value of the field, or its error's sentence."""

    class OneForm(forms.NhsukForm):
        answer = field

    form = OneForm({"answer": value})
    if form.is_valid():
        return form.cleaned_data["answer"]
    (words,) = form.errors["answer"]
    return words


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Amina ", "Amina"),
        ("O’Brien-Łuczak", "O’Brien-Łuczak"),
        ("\u0623\u0645\u064a\u0646\u0629", "\u0623\u0645\u064a\u0646\u0629"),  # Amina, in Arabic
        ("Ami\u200bna\u202e", "Amina"),
        ("\u0646\u200c\u0627", "\u0646\u200c\u0627"),  # a joiner inside a Persian word means something
        ("Amina 🌻", "Amina 🌻"),
        ("<script>", "<script>"),
        ("X", "X"),
    ],
)
def test_a_name_is_kept_as_written_without_what_nobody_can_see(typed: str, kept: str) -> None:
    assert clean(forms.NameField(), typed) == kept


def test_a_name_has_a_hundred_characters_at_most() -> None:
    field = forms.NameField(subject="Amina’s first name")
    assert clean(field, "a" * 100) == "a" * 100
    assert clean(field, "a" * 101) == "Amina’s first name must be 100 characters or fewer"


@pytest.mark.parametrize("value", ["", "   ", "\u200b", "\u202e"])
def test_a_missing_answer_is_asked_for_by_its_name(value: str) -> None:
    assert clean(forms.NameField(subject="your child’s first name"), value) == "Enter your child’s first name"


def test_a_sentence_of_the_page_wins_over_the_usual_one() -> None:
    field = forms.NameField(error_messages={"required": "Enter a first name, or “unknown”"})
    assert clean(field, "") == "Enter a first name, or “unknown”"


@pytest.mark.parametrize(
    "field",
    [
        forms.TextField,
        forms.TextareaField,
        forms.NameField,
        forms.EmailField,
        forms.PasswordField,
        forms.NhsNumberField,
        forms.PostcodeField,
        forms.PhoneField,
    ],
)
@pytest.mark.parametrize("text", ["a\x00b", "\x00", "a\ud800b"])
def test_what_a_database_cannot_hold_is_refused_with_a_sentence(field: Any, text: str) -> None:
    words = clean(field(subject="the answer"), text)
    assert words == "The answer includes a character that cannot be saved. Delete it and type it again"


def test_several_lines_are_kept_as_lines() -> None:
    assert clean(forms.TextareaField(), "One\r\n\tTwo\x07\n") == "One\n\tTwo"


@pytest.mark.parametrize(
    "typed", ["999 000 0018", "999-000-0018", "9990000018", " 999\u00a0000.0018\u200b", "٩٩٩٠٠٠٠٠١٨"]
)
def test_an_nhs_number_is_read_however_it_is_spaced(typed: str) -> None:
    assert clean(forms.NhsNumberField(), typed) == "9990000018"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter an NHS number"),
        ("999 000 001", "NHS number must be 10 digits – you entered 9"),
        ("99900000181", "NHS number must be 10 digits – you entered 11"),
        ("999 000 0017", "Check the NHS number – one digit may be wrong"),
        ("999 OOO 0018", "NHS number must only include numbers"),
        ("<script>", "NHS number must only include numbers"),
        (
            "QQ 12 34 56 C",
            "That looks like a National Insurance number. An NHS number is 10 digits, like 999 123 4560",
        ),
    ],
)
def test_a_wrong_nhs_number_is_told_what_is_wrong(typed: str, words: str) -> None:
    assert clean(forms.NhsNumberField(), typed) == words


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ne126ss", "NE12 6SS"),
        (" NE12  6SS ", "NE12 6SS"),
        ("n.e.1-2-6 s s", "NE12 6SS"),
        ("wr11 4bs", "WR11 4BS"),
        ("W1A 1AA", "W1A 1AA"),
        ("m1 1ae", "M1 1AE"),
        ("ZZ99 3VZ", "ZZ99 3VZ"),
        ("zz993wz", "ZZ99 3WZ"),
    ],
)
def test_a_postcode_is_read_in_any_case_and_spacing(typed: str, kept: str) -> None:
    assert clean(forms.PostcodeField(), typed) == kept


@pytest.mark.parametrize("typed", ["NE12", "12345", "NE12 6SSS", "NOT A POSTCODE", "<b>"])
def test_what_is_no_full_postcode_is_answered_with_an_example(typed: str) -> None:
    assert clean(forms.PostcodeField(), typed) == "Enter a full UK postcode, like WR11 4BS"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("07700 900 982", "+447700900982"),
        ("+44 7700 900982", "+447700900982"),
        ("+44 (0)7700 900 982", "+447700900982"),
        ("0044 7700 900982", "+447700900982"),
        ("(07700) 900-982", "+447700900982"),
        ("01632 960 001", "+441632960001"),
        ("020 7946 0018", "+442079460018"),
        ("0808 157 0192", "+448081570192"),
    ],
)
def test_a_uk_phone_number_is_read_however_it_is_written(typed: str, kept: str) -> None:
    assert clean(forms.PhoneField(), typed) == kept


@pytest.mark.parametrize(
    "typed", ["12345", "07700 900", "phone me", "+40 721 234 567", "07700 900 982 ext 3", "9" * 500]
)
def test_what_is_no_uk_phone_number_is_answered_with_examples(typed: str) -> None:
    words = clean(forms.PhoneField(subject="Phone number"), typed)
    assert words.startswith(("Enter a UK phone number, like 01632 960 001", "Phone number must be 200"))


def test_a_landline_is_no_mobile() -> None:
    assert clean(forms.PhoneField(mobile=True), "01632 960 001") == "Enter a UK mobile number, like 07700 900 982"
    assert clean(forms.PhoneField(mobile=True), "07700 900 982") == "+447700900982"


def test_numbers_of_other_countries_are_taken_where_the_form_says_so() -> None:
    assert clean(forms.PhoneField(international=True), "+40 721 234 567") == "+40721234567"


def test_a_phone_number_is_shown_back_as_typed() -> None:
    class PhoneForm(forms.NhsukForm):
        phone = forms.PhoneField()

    form = PhoneForm({"phone": " (07700) 900 982 "})
    assert form.is_valid()
    assert form.typed("phone") == "(07700) 900 982"


@pytest.mark.parametrize("typed", ["amina", "a@", "a b@example.com", "a@b", "@example.com"])
def test_what_is_no_email_address_is_answered_with_an_example(typed: str) -> None:
    words = "Enter an email address in the correct format, like name@example.com"
    assert clean(forms.EmailField(), typed) == words


def test_a_number_ignores_blanks_and_refuses_everything_else() -> None:
    assert clean(forms.NumberField(), " 1 200") == 1200
    field = forms.NumberField(subject="number of doses", min_value=1, max_value=10)
    assert clean(field, "ten") == "Number of doses must be a whole number"
    assert clean(field, "1.5") == "Number of doses must be a whole number"
    assert clean(field, "9" * 400) == "Number of doses must be a whole number"
    assert clean(field, "²") == "Number of doses must be a whole number"
    assert clean(field, "0") == "Number of doses must be 1 or more"
    assert clean(field, "11") == "Number of doses must be 10 or fewer"


CHOICES = [("text", "Text"), ("email", "Email"), ("none", "None of these")]


def test_an_answer_that_was_not_offered_is_asked_for_again() -> None:
    assert clean(forms.RadiosField(choices=CHOICES, subject="a way"), "pigeon") == "Select a way"
    assert clean(forms.RadiosField(choices=CHOICES, subject="a way"), "") == "Select a way"
    assert clean(forms.CheckboxesField(choices=CHOICES, subject="a way"), ["pigeon"]) == "Select a way"
    assert clean(forms.CheckboxesField(choices=CHOICES, subject="a way"), ["x\x00"]) == "Select a way"
    assert clean(forms.SelectField(choices=CHOICES, subject="a way"), "x" * 9999) == "Select a way"


def test_none_of_these_cannot_stand_beside_another_answer() -> None:
    field = forms.CheckboxesField(choices=CHOICES, exclusive=["none"])
    assert clean(field, ["text", "none"]) == "Select what applies, or select “None of these”"
    assert clean(field, ["none"]) == ["none"]


class ContactForm(forms.NhsukForm):
    """A choice that asks for more."""

    how = forms.CheckboxesField(
        choices=CHOICES, subject="how", reveals={"text": ["mobile"], "email": "email"}, exclusive=["none"]
    )
    mobile = forms.PhoneField(subject="your mobile number", mobile=True)
    email = forms.EmailField(subject="your email address")


def test_a_revealed_field_is_asked_for_only_where_its_choice_was_made() -> None:
    form = ContactForm({"how": ["text"], "mobile": "", "email": "half an addr"})
    assert list(form.errors) == ["mobile"]
    assert form.cleaned_data["email"] == ""
    assert ContactForm({"how": ["none"], "mobile": "12", "email": "x"}).is_valid()


def test_revealed_fields_stand_under_their_choice_and_nowhere_else() -> None:
    form = ContactForm()
    html = render_field(form["how"])
    assert html.count('name="mobile"') == 1
    assert [str(name) for name in form.helper.layout.fields] == ["how"]


def test_the_summary_lists_every_error_with_a_link_to_its_field() -> None:
    form = ContactForm({"how": ["text", "email"], "mobile": "", "email": ""})
    form.add_error(None, "Somebody else changed this")
    assert error_list(form) == [
        {"text": "Somebody else changed this"},
        {"text": "Enter your mobile number", "href": "#id_mobile"},
        {"text": "Enter your email address", "href": "#id_email"},
    ]
    assert 'id="id_mobile"' in render_field(form["how"])


def test_words_set_on_one_form_do_not_reach_another() -> None:
    first, second = ContactForm(), ContactForm()
    first.fields["how"].nhsuk["caption"] = "Amina Yusuf"
    first.fields["how"].subject = "how we reach Amina"
    assert "Amina" in render_field(first["how"])
    assert "Amina" not in render_field(second["how"])
    assert "Amina" not in render_field(ContactForm({})["how"])


def test_nothing_is_summed_up_before_the_form_is_sent() -> None:
    assert render_error_summary(ContactForm()) == ""


def test_a_file_may_be_neither_empty_nor_too_large() -> None:
    class FileForm(forms.NhsukForm):
        sheet = forms.FileUploadField(subject="a file", max_bytes=1_000_000)

    def words(content: bytes | None) -> list[str]:
        files = {} if content is None else {"sheet": SimpleUploadedFile("a.csv", content)}
        return list(FileForm({}, files).errors.get("sheet", []))

    assert words(None) == ["Select a file"]
    assert words(b"") == ["The selected file is empty"]
    assert words(b"x" * 1_000_001) == ["The selected file must be smaller than 1MB"]
    assert words(b"x") == []


def test_hostile_answers_are_shown_back_escaped() -> None:
    class TextForm(forms.NhsukForm):
        answer = forms.TextField(label="<b>Label</b>", help_text="<i>hint</i>", max_length=3)

    html = render_field(TextForm({"answer": '"><script>alert(1)</script>'})["answer"])
    assert "<script>" not in html
    assert "<b>" not in html
    assert "<i>" not in html


def test_no_field_carries_an_attribute_that_cuts_off_or_jumps_about() -> None:
    html = render_field(forms_of_every_kind()["text"])
    assert not any(word in html for word in ("maxlength", "required", "placeholder", "autofocus"))


def forms_of_every_kind() -> forms.NhsukForm:
    """Return a form with a text field whose widget asks for what the design system avoids."""
    from django.forms import TextInput

    class TextForm(forms.NhsukForm):
        text = forms.TextField(
            widget=TextInput(attrs={"maxlength": 3, "placeholder": "x", "autofocus": True, "required": True})
        )

    return TextForm()


@given(st.text(max_size=40))
def test_any_text_gives_a_value_or_a_sentence(text: str) -> None:
    for field in (forms.NhsNumberField(), forms.PostcodeField(), forms.PhoneField(), forms.NumberField()):
        assert clean(field, text) is not None
