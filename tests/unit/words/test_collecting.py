"""The words of the public are found where they are marked, with what a translator must know."""

from scripts.words.extract import Key, of_python, of_template
from scripts.words.public import FOR_STAFF, PUBLIC, ROOT, public_files


def keys(found: list) -> list[Key]:
    return [each.key for each in found]


def test_words_of_a_module_are_found_by_whatever_name_it_calls_the_functions() -> None:
    source = """
from django.utils.translation import gettext as _t, gettext_lazy as _, ngettext, pgettext
A = _("One " "sentence")
B = _t("Two")
C = ngettext("%(n)s child", "%(n)s children", 2)
D = pgettext("a link", "Back")
E = other("Not marked")
F = _(A)
"""
    assert keys(of_python(source)) == [
        ("", "One sentence", ""),
        ("", "Two", ""),
        ("", "%(n)s child", "%(n)s children"),
        ("a link", "Back", ""),
    ]


def test_what_is_said_to_translators_stands_with_the_words_after_it() -> None:
    source = """
from django.utils.translation import gettext as _
# Translators: the first line
# and the second
A = _("One")
B = _("Two")
"""
    assert [each.comment for each in of_python(source)] == ["the first line and the second", ""]


def test_of_a_module_that_staff_share_only_the_named_parts_are_taken() -> None:
    source = """
from django.utils.translation import gettext as _
class Ours:
    A = _("Public")
B: str = _("Public too")
def c():
    return _("For staff")
"""
    assert [key.id for key in keys(of_python(source, ["Ours", "B"]))] == ["Public", "Public too"]


def test_words_of_a_template_are_found_in_tags_arguments_and_filters() -> None:
    source = """{% load i18n %}
{# Translators: about the next #}
{% translate "One" %}{% translate 'Say "two"' context "a link" %}
{% blocktranslate trimmed with name=who %}
  Dear {{ name }}
{% endblocktranslate %}
{% blocktranslate count number=n %}{{ number }} child{% plural %}{{ number }} children{% endblocktranslate %}
{% nhsuk "button" text=text|default:_("Continue") %}
"""
    found = of_template(source, "a.html")
    assert keys(found) == [
        ("", "One", ""),
        ("a link", 'Say "two"', ""),
        ("", "Dear %(name)s", ""),
        ("", "%(number)s child", "%(number)s children"),
        ("", "Continue", ""),
    ]
    assert found[0].comment == "about the next"
    assert not found[2].comment


def test_staff_screens_stay_out_and_every_public_page_is_in() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in public_files()}
    assert {"templates/public/start.html", "templates/messages/booking_confirmation.text.txt"} <= names
    assert "nhsuk/components/words.py" in names
    staff = ("templates/clinic_day/", "templates/coordinate/", "templates/accounts/", "bookings/forms/clinic_day/")
    assert not [name for name in names if name.startswith(staff)]
    assert not [name for name in names if name.startswith("templates/layouts/staff")]


def test_every_pattern_still_names_a_file() -> None:
    assert not [pattern for pattern in (*PUBLIC, *FOR_STAFF) if not any(ROOT.glob(pattern))]
