"""Who is booking, checking the answers, booking, and the confirmation."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.errors import Refused
from bookings import drafts, human
from bookings.actions import make_booking
from bookings.drafts import CHECK, MYSELF, Step
from bookings.forms.public import contact as forms
from bookings.forms.public.people import FORMATS, MY_NEEDS, NEEDS, vaccine_words
from bookings.gelatine import GelatineFreeGone
from bookings.models import Booking
from bookings.views.public.base import COOKIE, Question, secret_of, step_url, summary_row
from bookings.views.public.fairness import may_be_quick, may_book, too_many
from bookings.views.public.people import birth_step, birth_words
from clinics import words
from clinics.places import NotTakingBookings, TimesTaken
from clinics.vaccines import Vaccine
from nhsuk.forms import NhsukForm
from nhsuk.language import isolate
from nhsuk.templatetags.nhsuk import nhs_number

# Of one text: what whoever books needs, and how they want to be told things.
FORMATS_AND_NEEDS = {**FORMATS, **MY_NEEDS}


class AboutYou(Question):
    """Who is booking."""

    page = "book-about-you"
    form_class = forms.AboutYouForm
    template = "bookings/about_you.html"

    def form_words(self) -> dict[str, Any]:
        """Return the people's names, and whether one of them could be the person who books."""
        grown = any(person.age(self.today) >= drafts.ADULT for person in self.answers.people)
        with_parent = drafts.needs_parent(self.answers, self.today)
        several = len(self.answers.people) > 1
        return {"names": self.names(), "with_myself": grown, "with_parent": with_parent, "several": several}

    def initial(self) -> dict[str, Any]:
        """Return what was answered before."""
        given = self.answers.relationship
        known = given in forms.RELATIONSHIPS or given in ("", MYSELF)
        return {
            "relationship": given if known else forms.OTHER,
            "other": "" if known else given,
            "contact_name": self.answers.contact_name,
            "parental": self.answers.parental,
        }

    def answered(self, form: NhsukForm) -> None:
        """Keep the relationship (in words of their own where it is none of ours) and the name."""
        chosen = form.cleaned_data["relationship"]
        self.answers.relationship = form.cleaned_data["other"] if chosen == forms.OTHER else chosen
        self.answers.contact_name = form.cleaned_data["contact_name"]
        self.answers.parental = form.cleaned_data.get("parental", "")
        self.save()

    def heading(self, form: NhsukForm) -> str:
        """Return the page's title."""
        return _("About you")


class ContactDetails(Question):
    """How the person who books can be reached."""

    page = "book-contact"
    form_class = forms.ContactForm
    template = "bookings/contact.html"

    def initial(self) -> dict[str, Any]:
        """Return what was answered before, as it was typed; for a letter, the address they live at."""
        if self.answers.contact_by is None:
            first = self.answers.people[0]
            return {"letter_address": "\n".join(filter(None, (first.address, first.postcode)))}
        return {
            "contact_by": self.answers.contact_by or [forms.NEITHER],
            "mobile": self.answers.mobile_typed,
            "email": self.answers.email,
            "landline": self.answers.landline_typed,
            "letter_address": self.answers.letter_address,
        }

    def answered(self, form: NhsukForm) -> HttpResponse | None:
        """Keep the ways, and each number both as stored and as typed. A misspelt address is asked about once."""
        given = form.cleaned_data
        self.answers.contact_by = [way for way in given["contact_by"] if way != forms.NEITHER]
        self.answers.mobile, self.answers.landline = given["mobile"], given["landline"]
        self.answers.mobile_typed = form.typed("mobile") if given["mobile"] else ""
        self.answers.landline_typed = form.typed("landline") if given["landline"] else ""
        self.answers.email = given["email"]
        self.answers.letter_address = given["letter_address"]
        asked, self.answers.email_checked = self.answers.email_checked, given["email"]
        self.save()
        if forms.email_meant(given["email"]) and asked != given["email"]:
            return HttpResponseRedirect(step_url(self.draft, self.step))
        return None

    def context(self) -> dict[str, Any]:
        """Return the address that was probably meant."""
        return {"email": self.answers.email, "meant": forms.email_meant(self.answers.email)}


def relationship_words(relationship: str) -> str:
    """Return a relationship in words, whichever way it was given."""
    if relationship == MYSELF:
        return _("Booked for themselves")
    return str(forms.RELATIONSHIPS.get(relationship, relationship))


class Check(Question):
    """Everything that was answered, each with its way to change it; the button books."""

    page = CHECK.page
    related = "session__venue"
    template = "bookings/check.html"

    def form(self, **kwargs: Any) -> NhsukForm:
        """Return a form without questions: the button is the answer."""
        return NhsukForm(**kwargs)

    def answered(self, form: NhsukForm) -> HttpResponse:
        """Book. A time gone meanwhile, or a clinic that has closed, costs nobody their answers."""
        starts_at = self.draft.starts_at
        language = get_language() or settings.LANGUAGE_CODE
        # What staff read is written in their language, whichever the pages were in.
        with override(settings.LANGUAGE_CODE):
            people = drafts.details(self.answers, NEEDS, self.offered)
            contact = drafts.contact(
                self.answers,
                relationship=relationship_words(self.answers.relationship),
                language=language,
                support_needs=drafts.my_needs_sentence(self.answers, FORMATS_AND_NEEDS),
            )
        if self._seems_a_program():
            self.answers.asked_again = True
            self.save()
            form.add_error(None, human.press_again())
            return self.show(form)
        if not may_book(self.request, [contact.email, contact.phone], self.at):
            return too_many(self.request)
        try:
            make_booking(
                session=self.session,
                people=people,
                contact=contact,
                starts_at=starts_at,
                # One draft makes one booking, however often its button is pressed.
                submission_id=self.draft.public_id,
                how=Booking.How.WEB,
                by=None,
                source="public",
                at=self.at,
                draft=self.draft,
                split=self.answers.split,
            )
        except TimesTaken:
            return self.taken_meanwhile(starts_at)
        except GelatineFreeGone:
            # Somebody was quicker: the page says so, and where there are others.
            self.answers.gelatine_settled = ""
            self.save()
            return HttpResponseRedirect(step_url(self.draft, Step("book-gelatine")))
        except NotTakingBookings:
            return HttpResponseRedirect(step_url(self.draft, Step("book-clinic")))
        except Refused as refusal:
            form.add_error(None, refusal.message)
            return self.show(form, status=refusal.status)
        return redirect("booking-booked", draft=self.draft.public_id)

    def _seems_a_program(self) -> bool:
        """Whether this is one of many journeys of one address that nobody can have read, not asked about yet."""
        return (
            not self.answers.asked_again
            and human.too_quick(self.draft.created_at, at=self.at)
            and not may_be_quick(self.request, self.at)
        )

    def taken_meanwhile(self, starts_at: datetime | None) -> HttpResponse:
        """Note that the time has gone, and lead to the page of times."""
        self.answers.gone, self.answers.held_for = starts_at.isoformat() if starts_at else "", []
        self.save()
        return HttpResponseRedirect(step_url(self.draft, Step("book-time")))

    def heading(self, form: NhsukForm) -> str:
        """Return the page's title."""
        return _("Check your answers before you book")

    def context(self) -> dict[str, Any]:
        """Return the answers as summary lists."""
        one = len(self.answers.people) == 1
        return {
            "people": [self.person_rows(number) for number in range(1, len(self.answers.people) + 1)],
            "clinic": self.clinic_rows(),
            "you": self.your_rows(),
            "people_url": step_url(self.draft, Step("book-people")),
            "before": self.booked_before(),
            "button_text": _("Book this appointment") if one else _("Book these appointments"),
        }

    def booked_before(self) -> list[dict[str, Any]]:
        """Return appointments to come that this browser booked for the same people, each with the way to it.

        Only its own: nobody learns here whom somebody else has booked.
        """
        booked = drafts.booked_appointments(self.draft, at=self.at)
        own = {(person.first_name.casefold(), person.birth().earliest) for person in self.answers.people}
        return [
            {
                "name": each.first_name,
                "day": each.session.date,
                "url": reverse("booking-booked", kwargs={"draft": each.booking.draft.public_id}),
            }
            for each in booked
            if (each.first_name.casefold(), each.date_of_birth) in own
        ]

    def row(self, key: str, value: Any, step: Step | str, hidden: str) -> dict[str, Any]:
        """Return one row: what it is, the answer, and the way to change it."""
        return summary_row(key, value, step if isinstance(step, str) else step_url(self.draft, step), hidden)

    def person_rows(self, number: int) -> dict[str, Any]:
        """Return what was answered about one person."""
        person = self.answers.people[number - 1]
        name = {"name": person.first_name}
        needs = drafts.needs_sentence(person, NEEDS) or _("None")
        help_step = Step("book-needs", number) if person.help else Step("book-help")
        number_shown = nhs_number(person.nhs_number) if person.nhs_number else _("Not known")
        rows = [
            self.row(_("Name"), person.name(), Step("book-name", number), _("name of %(name)s") % name),
            self.row(
                _("Date of birth"),
                birth_words(person),
                birth_step(person, number),
                _("date of birth of %(name)s") % name,
            ),
            self.row(
                _("NHS number"), number_shown, Step("book-nhs-number", number), _("NHS number of %(name)s") % name
            ),
            *self.shared_rows(number),
            self.row(_("Extra help"), needs, help_step, _("extra help for %(name)s") % name),
        ]
        return {"name": isolate(person.name()), "rows": rows}

    def shared_rows(self, number: int) -> list[dict[str, Any]]:
        """Return what is mostly the same in a family, as it holds for this person."""
        answers = self.answers
        person = answers.people[number - 1]
        name = {"name": person.first_name}
        offered = self.offered
        wanted = [str(vaccine_words(each, offered)) for each in answers.source(person, drafts.WANTED).wanted or []]
        rows = [
            self.row(
                _("What for"),
                words.listed(wanted) if wanted else _("Please check what is needed"),
                Step("book-wanted", number),
                _("what the appointment of %(name)s is for") % name,
            )
        ]
        if person.gelatine_free is not None:
            shown = _("Without gelatine") if person.gelatine_free else _("Either vaccine")
            rows.append(
                self.row(_("Gelatine"), shown, Step("book-gelatine"), _("vaccine without gelatine for %(name)s") % name)
            )
        home = answers.source(person, drafts.HOME)
        lines = format_html_join(
            SafeString("<br>"), "{}", ((line,) for line in [*home.address.splitlines(), home.postcode] if line)
        )
        said = {"none": _("No address"), "unsaid": _("Not said"), "staying": _("Staying somewhere for now")}
        rows.append(
            self.row(
                _("Home"),
                lines or said.get(home.home, ""),
                Step("book-home", number),
                _("home of %(name)s") % name,
            )
        )
        gp = answers.source(person, drafts.GP)
        said = {"no": _("No GP surgery"), "not_sure": _("Not sure")}
        rows.append(
            self.row(
                _("GP surgery"),
                gp.gp_surgery or said.get(gp.gp, ""),
                Step("book-gp", number),
                _("GP surgery of %(name)s") % name,
            )
        )
        return rows

    def clinic_rows(self) -> list[dict[str, Any]]:
        """Return the clinic, day and times."""
        session = self.session
        day_url = reverse("book-day", kwargs={"draft": self.draft.public_id, "venue": session.venue.public_id})
        times = [words.clock(datetime.fromisoformat(each)) for each in self.answers.times]
        if len(times) > 1:
            shown = words.listed(
                [
                    _("%(time)s %(name)s") % {"time": time, "name": person.first_name}
                    for time, person in zip(times, self.answers.people, strict=False)
                ]
            )
        else:
            shown = times[0] if times else ""
        clinic = f"{session.name}, {session.venue.full_address}"
        vaccines = words.listed([str(Vaccine(code).label) for code in self.offered])
        rows = [
            self.row(_("Clinic"), clinic, Step("book-clinic"), _("clinic")),
            self.row(_("Day"), words.day(session.date), day_url, _("day")),
            self.row(_("Time"), shown, Step("book-time"), _("time")),
        ]
        if vaccines:
            rows.append({"key": _("Vaccines at this clinic"), "value": vaccines})
        return rows

    def your_rows(self) -> list[dict[str, Any]]:
        """Return what was answered about the person who books."""
        answers = self.answers
        rows = []
        if answers.contact_name:
            rows.append(self.row(_("Your name"), answers.contact_name, Step("book-about-you"), _("your name")))
        names = {"names": self.names()}
        relationship = (
            _("I am booking for myself") if answers.relationship == MYSELF else relationship_words(answers.relationship)
        )
        rows.append(
            self.row(
                _("Your relationship to %(names)s") % names,
                relationship,
                Step("book-about-you"),
                _("your relationship to %(names)s") % names,
            )
        )
        if answers.parental and drafts.needs_parent(answers, self.today):
            rows.append(
                self.row(
                    _("Somebody with parental responsibility comes"),
                    {"yes": _("Yes"), "no": _("No"), "not_sure": _("Not sure")}[answers.parental],
                    Step("book-about-you"),
                    _("whether somebody with parental responsibility comes"),
                )
            )
        contact = Step("book-contact")
        ways = [
            (_("Text message"), answers.mobile_typed, _("text message")),
            (_("Email"), answers.email, _("email")),
            (_("Phone"), answers.landline_typed, _("phone")),
            (_("Letter to"), ", ".join(answers.letter_address.splitlines()), _("address for a letter")),
        ]
        given = [self.row(key, value, contact, hidden) for key, value, hidden in ways if value]
        rows += given or [
            self.row(_("How we reach you"), _("I do not have a mobile or email"), contact, _("how we reach you"))
        ]
        interpreter = answers.spoken_language if answers.interpreter else _("No")
        rows.append(self.row(_("Interpreter"), interpreter, Step("book-language"), _("interpreter")))
        formats = drafts.formats_sentence(answers, FORMATS) or _("Plain text")
        rows.append(self.row(_("Information"), formats, Step("book-language"), _("how we send you information")))
        help_step = Step("book-my-needs") if answers.my_help else Step("book-help")
        my_needs = drafts.my_help_sentence(answers, MY_NEEDS) or _("None")
        rows.append(self.row(_("Help for you"), my_needs, help_step, _("help for you")))
        return rows


@method_decorator(never_cache, name="dispatch")
class ClearAnswers(View):
    """Forgets what this browser answered, for people who share a device."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask whether to."""
        return render(request, "bookings/clear.html", {"back_url": reverse("start")})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Forget the drafts and the booking that was looked up, and say so."""
        secret = secret_of(request)
        if secret:
            drafts.clear(secret=secret)
        response = redirect("answers-cleared")
        for name in (COOKIE, "found"):
            response.delete_cookie(name)
        return response


class AnswersCleared(View):
    """Says that the answers are forgotten."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page."""
        return render(request, "bookings/cleared.html", {"at": timezone.now()})
