"""The frame around every page, as a browser receives it. No test here may touch a database: neither may the frame."""

import gzip
import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.forms import CharField, HiddenInput, formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import path, set_script_prefix
from django.utils.translation import override
from pytest_django.fixtures import Settings

from nhsuk import frame, vendor
from nhsuk.components.macros import macro
from nhsuk.forms import DateInputField, EmailField, NhsukForm, RadiosField

ERROR_PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html", "503.html"]


class BornForm(NhsukForm):
    """One question."""

    born = DateInputField(label="What is Amina’s date of birth?", subject="Amina’s date of birth", heading=True)


def question(request: HttpRequest) -> HttpResponse:
    """Show the question page."""
    form = BornForm(request.POST or None, today=date(2026, 3, 14))
    context = {"form": form, "back_url": "/back", "title": "What is Amina’s date of birth?"}
    return render(request, "layouts/question.html", context)


def staff(request: HttpRequest) -> HttpResponse:
    """Show an empty staff page."""
    return render(request, "layouts/staff.html", {"title": "Today"})


def nothing(request: HttpRequest) -> HttpResponse:
    """Answer for the addresses that the frame links to."""
    return HttpResponse()


urlpatterns = [
    path("question", question, name="start"),
    path("staff", staff, name="clinic-day"),
    path("out", nothing, name="account_logout"),
    path("account", nothing, name="account-home"),
    path("sign-in", nothing, name="account_login"),
    path("lock", nothing, name="account-lock-now"),
    path("lock/state", nothing, name="account-lock-state"),
    path("lock/unlock", nothing, name="account-unlock"),
    path("privacy", nothing, name="privacy"),
    path("clear", nothing, name="answers-clear"),
]
pytestmark = pytest.mark.urls(__name__)


class Somebody(AnonymousUser):
    """A signed-in worker, without a database row."""

    is_authenticated = True

    def get_full_name(self) -> str:
        """Return the name."""
        return "Nurse Okafor"


def page(method: str = "get", view: str = "question", **data: str) -> str:
    """Return the HTML of a page."""
    request = getattr(RequestFactory(), method)(f"/{view}", data)
    request.user = Somebody()
    return {"question": question, "staff": staff}[view](request).content.decode()


def test_a_question_page_has_one_heading_which_is_the_question() -> None:
    html = page()
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", html) == ["What is Amina’s date of birth?"]
    assert "<title>What is Amina’s date of birth? – Pop-up vaccination clinics</title>" in html


def test_a_question_page_has_a_way_back_and_one_button_that_counts_once() -> None:
    html = page()
    assert re.search(r'<a class="nhsuk-back-link" href="/back">Back</a>', html)
    assert re.search(r'<button class="nhsuk-button"[^>]*data-prevent-double-click="true"[^>]*>Continue</button>', html)
    assert '<form method="post" novalidate' in html
    assert "csrfmiddlewaretoken" in html


def test_errors_stand_in_the_title_the_summary_and_beside_the_field() -> None:
    html = page("post", born_day="27", born_month="", born_year="2020")
    assert "<title>Error: What is" in html
    assert html.count("Amina’s date of birth must include a month") == 2
    assert html.index("nhsuk-error-summary") < html.index("<form")


@pytest.mark.parametrize("view", ["question", "staff"])
def test_no_page_carries_script_or_style_of_its_own(view: str) -> None:
    html = page(view=view)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)


def test_digits_are_not_made_into_phone_links() -> None:
    assert '<meta name="format-detection" content="telephone=no">' in page()


def test_a_skip_link_leads_to_the_content() -> None:
    html = page()
    assert 'href="#maincontent"' in html
    assert '<main class="nhsuk-main-wrapper" id="maincontent">' in html


def test_help_stands_on_public_pages_with_phone_and_text_relay() -> None:
    html = page()
    assert settings.HELP_PHONE in html
    assert f"18001 {settings.HELP_PHONE}" in html
    assert "Clear my answers" in html


def test_no_logo_is_shown() -> None:
    assert "nhsuk-header__logo" not in page()


def test_only_a_demonstration_says_that_it_is_one(settings: Settings) -> None:
    settings.DEMONSTRATION = True
    assert "This is a demonstration" in page()
    settings.DEMONSTRATION = False
    assert "This is a demonstration" not in page()


def test_languages_are_listed_only_where_there_is_more_than_one(settings: Settings) -> None:
    settings.LANGUAGES_OFFERED = ("en-gb",)
    assert "app-languages" not in page()
    settings.LANGUAGES_OFFERED = ("en-gb", "ro", "ar")
    html = page()
    assert '<strong aria-current="true" lang="en-gb">English</strong>' in html
    assert 'lang="ar" hreflang="ar" dir="rtl">العربية</a>' in html


def test_a_right_to_left_language_gets_the_mirrored_stylesheet() -> None:
    with override("ar"):
        html = page()
    assert '<html lang="ar" dir="rtl">' in html
    assert "nhsuk-frontend-rtl.min.css" in html
    assert "nhsuk-frontend.min.css" not in html
    assert "nhsuk-frontend-rtl.min.css" not in page()


def test_staff_see_who_is_signed_in_and_sign_out_by_post() -> None:
    html = page(view="staff")
    assert "Nurse Okafor" in html
    assert re.search(r'<form class="nhsuk-header__account-form" action="/out" method="post"', html)


def test_parts_that_are_the_same_for_everybody_are_made_once_for_each_language() -> None:
    frame.forget()
    first = frame.part("layouts/help.html")
    assert frame.part("layouts/help.html") is first
    with override("pl"):
        assert frame.part("layouts/help.html") is not first
    set_script_prefix("/elsewhere/")
    try:
        assert 'href="/elsewhere/clear"' in page()
    finally:
        set_script_prefix("/")
    assert 'href="/clear"' in page()


def test_a_part_is_made_anew_when_a_setting_changes_and_while_templates_are_worked_on(settings: Settings) -> None:
    assert "01632 960 999" not in page()
    settings.HELP_PHONE = "01632 960 999"
    assert "01632 960 999" in page()
    before = frame.part("layouts/help.html")
    settings.DEBUG = True
    assert frame.part("layouts/help.html") is not before
    assert frame.part("layouts/help.html") == before


def test_nothing_of_a_person_or_a_form_reaches_a_part() -> None:
    context = Context({"staff": True, "user": Somebody(), "csrf_token": "the-token", "home_url": "/k7m4xt2pqr"})
    included = Template('{% include "layouts/header.html" %}').render(context)
    part = Template('{% load nhsuk %}{% nhsuk_frame "layouts/header.html" %}').render(context)
    for private in ("Nurse Okafor", "the-token", "/k7m4xt2pqr"):
        assert private in included
        assert private not in part


@pytest.mark.parametrize("template", ERROR_PAGES)
def test_an_error_page_needs_no_request_and_no_database(template: str) -> None:
    html = render_to_string(template)
    assert len(re.findall(r"<h1>[^<]+</h1>", html)) == 1
    assert settings.HELP_PHONE in html
    assert str(settings.SERVICE_NAME) in html
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=", html)


@pytest.mark.parametrize("template", ["400.html", "403_csrf.html", "500.html", "503.html"])
def test_an_error_page_says_what_happened_to_the_answers(template: str) -> None:
    html = render_to_string(template)
    assert "kept" in html
    assert "saved" in html or "Nothing was changed" in html


def test_a_question_page_calls_no_macro() -> None:
    page()
    before = macro.cache_info()
    page("post", born_day="27", born_month="", born_year="2020")
    assert macro.cache_info() == before


class ContactForm(NhsukForm):
    """A form of two fields."""

    how = RadiosField(choices=[("a", "A"), ("b", "B")], label="How?")
    email = EmailField(label="Email")


def test_crispy_renders_a_form_a_formset_and_a_field_in_the_pack() -> None:
    template = Template(
        "{% load crispy_forms_tags %}{% crispy form %}|{{ form|crispy }}|{{ form.email|as_crispy_field }}"
    )
    by_tag, by_filter, field = template.render(Context({"form": ContactForm()})).split("|")
    assert by_tag.count("nhsuk-form-group") == by_filter.count("nhsuk-form-group") == 2
    assert field.strip() in by_tag
    assert "<form" not in by_tag
    formset = formset_factory(ContactForm, extra=2)()
    html = Template("{% load crispy_forms_tags %}{{ forms|crispy }}").render(Context({"forms": formset}))
    assert html.count('type="email"') == 2
    assert "TOTAL_FORMS" in html


class WithDetails(ContactForm):
    """A form with a revealed field, a date and a hidden field."""

    how = RadiosField(choices=[("a", "A"), ("b", "B")], label="How?", reveals={"b": ["born"]})
    born = DateInputField(label="Born", required=False)
    number = CharField(widget=HiddenInput, initial="7")


@pytest.mark.parametrize("form_class", [ContactForm, BornForm, WithDetails, NhsukForm])
@pytest.mark.parametrize("data", [None, {}, {"how": "b", "email": "<b>", "born_day": "31", "born_month": "2"}])
def test_fields_are_rendered_as_crispy_renders_them(form_class: type[NhsukForm], data: dict[str, str] | None) -> None:
    form = form_class(data, today=date(2026, 3, 14))
    by_crispy, ours = (
        Template("{% load crispy_forms_tags nhsuk %}" + tag).render(Context({"form": form}))
        for tag in ("{% crispy form %}", "{% nhsuk_fields form %}")
    )
    assert by_crispy.strip() == ours


def test_the_first_page_is_below_a_hundred_kilobytes() -> None:
    files = re.findall(r'(?:href|src)="/static/([^"]+)"', page())
    assert len(files) == 5
    sent = sum(len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in files)
    assert sent + len(gzip.compress(page().encode())) < 60_000


def test_the_vendored_files_name_no_other_host_and_no_font() -> None:
    folder = Path(finders.find("nhsuk"))
    assert (folder / "LICENCE.md").read_text("utf-8").count("MIT") >= 1
    for stylesheet in folder.glob("*.css"):
        css = stylesheet.read_text("utf-8")
        assert "@font-face" not in css
        assert "sourceMappingURL" not in css
        for address in re.findall(r"url\(([^)]*)\)", css):
            assert (folder / address).is_file()


def test_vendoring_changes_what_cannot_be_served() -> None:
    css = (
        "@font-face{src:url(https://x/f.woff)}a{background:url(/assets/images/i.svg)}\n/*# sourceMappingURL=a.map */\n"
    )
    assert vendor.fit_css(css) == "a{background:url(assets/images/i.svg)}"
    assert vendor.fit_js("export{a};//# sourceMappingURL=a.js.map\n") == "export{a};\n"


def test_static_files_can_be_fingerprinted(tmp_path: Path) -> None:
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    own = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    with override_settings(STORAGES=storages, STATIC_ROOT=tmp_path, STATICFILES_FINDERS=own):
        call_command("collectstatic", interactive=False, verbosity=0)
        assert re.search(r'href="/static/nhsuk/nhsuk-frontend\.min\.[0-9a-f]{12}\.css"', render_to_string("404.html"))
