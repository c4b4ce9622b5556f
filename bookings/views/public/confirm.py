"""Who is booking, checking the answers, booking, and the confirmation."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.errors import Refused
from bookings import drafts
from bookings.actions import make_booking
from bookings.calendar import calendar_response
from bookings.drafts import CHECK, MYSELF, Step
from bookings.forms.public import contact as forms
from bookings.forms.public.people import MY_NEEDS, NEEDS
from bookings.models import Booking
from bookings.qr import booking_qr
from bookings.references import shown_reference
from bookings.views.public.base import COOKIE, DraftView, Question, secret_of, step_url
from bookings.views.public.people import birth_words
from clinics import words
from clinics.places import NotTakingBookings, TimesTaken
from nhsuk.forms import NhsukForm
from nhsuk.templatetags.nhsuk import nhs_number

ADULT = 16


class AboutYou(Question):
    """Who is booking."""

    page = "book-about-you"
    form_class = forms.AboutYouForm
    template = "bookings/about_you.html"

    def form_words(self) -> dict[str, Any]:
        """Return the people's names, and whether one of them could be the person who books."""
        grown = any(person.age(self.today) >= ADULT for person in self.answers.people)
        return {"names": self.names(), "with_myself": grown}

    def initial(self) -> dict[str, Any]:
        """Return what was answered before."""
        given = self.answers.relationship
        known = given in forms.RELATIONSHIPS or given in ("", MYSELF)
        return {
            "relationship": given if known else forms.OTHER,
            "other": "" if known else given,
            "contact_name": self.answers.contact_name,
        }

    def answered(self, form: NhsukForm) -> None:
        """Keep the relationship (in words of their own where it is none of ours) and the name."""
        chosen = form.cleaned_data["relationship"]
        self.answers.relationship = form.cleaned_data["other"] if chosen == forms.OTHER else chosen
        self.answers.contact_name = form.cleaned_data["contact_name"]
        self.save()

    def heading(self, form: NhsukForm) -> str:
        """Return the page's title."""
        return _("About you")


class ContactDetails(Question):
    """How the person who books can be reached."""

    page = "book-contact"
    form_class = forms.ContactForm

    def initial(self) -> dict[str, Any]:
        """Return what was answered before, as it was typed."""
        if self.answers.contact_by is None:
            return {}
        return {
            "contact_by": self.answers.contact_by or [forms.NEITHER],
            "mobile": self.answers.mobile_typed,
            "email": self.answers.email,
            "landline": self.answers.landline_typed,
        }

    def answered(self, form: NhsukForm) -> None:
        """Keep the ways, and each number both as stored and as typed."""
        given = form.cleaned_data
        self.answers.contact_by = [way for way in given["contact_by"] if way != forms.NEITHER]
        self.answers.mobile, self.answers.landline = given["mobile"], given["landline"]
        self.answers.mobile_typed = form.typed("mobile") if given["mobile"] else ""
        self.answers.landline_typed = form.typed("landline") if given["landline"] else ""
        self.answers.email = given["email"]
        self.save()


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
        try:
            make_booking(
                session=self.session,
                people=drafts.details(self.answers, NEEDS),
                contact=drafts.contact(
                    self.answers,
                    relationship=relationship_words(self.answers.relationship),
                    language=get_language() or "en-gb",
                    support_needs=drafts.my_needs_sentence(self.answers, MY_NEEDS),
                ),
                starts_at=starts_at,
                # One draft makes one booking, however often its button is pressed.
                submission_id=self.draft.public_id,
                how=Booking.How.WEB,
                by=None,
                source="website",
                at=self.at,
                draft=self.draft,
                split=self.answers.split,
            )
        except TimesTaken:
            return self.taken_meanwhile(starts_at)
        except NotTakingBookings:
            return HttpResponseRedirect(step_url(self.draft, Step("book-clinic")))
        except Refused as refusal:
            form.add_error(None, refusal.message)
            return self.show(form, status=refusal.status)
        return redirect("booking-booked", draft=self.draft.public_id)

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
            "button_text": _("Book this appointment") if one else _("Book these appointments"),
        }

    def row(self, key: str, value: Any, step: Step | str, hidden: str) -> dict[str, Any]:
        """Return one row: what it is, the answer, and the way to change it."""
        url = step if isinstance(step, str) else step_url(self.draft, step)
        return {
            "key": key,
            "value": value,
            "actions": {"items": [{"href": url, "text": _("Change"), "visuallyHiddenText": hidden}]},
        }

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
                Step("book-date-of-birth", number),
                _("date of birth of %(name)s") % name,
            ),
            self.row(
                _("NHS number"), number_shown, Step("book-nhs-number", number), _("NHS number of %(name)s") % name
            ),
            self.row(_("Extra help"), needs, help_step, _("extra help for %(name)s") % name),
        ]
        return {"name": person.name(), "rows": rows}

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
        vaccines = words.listed([str(name) for name in session.vaccine_names()])
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
        contact = Step("book-contact")
        ways = [
            (_("Text message"), answers.mobile_typed, _("text message")),
            (_("Email"), answers.email, _("email")),
            (_("Phone"), answers.landline_typed, _("phone")),
        ]
        given = [self.row(key, value, contact, hidden) for key, value, hidden in ways if value]
        rows += given or [
            self.row(_("How we reach you"), _("I do not have a mobile or email"), contact, _("how we reach you"))
        ]
        interpreter = answers.spoken_language if answers.interpreter else _("No")
        rows.append(self.row(_("Interpreter"), interpreter, Step("book-language"), _("interpreter")))
        help_step = Step("book-my-needs") if answers.my_help else Step("book-help")
        my_needs = drafts.my_needs_sentence(answers, MY_NEEDS) or _("None")
        rows.append(self.row(_("Help for you"), my_needs, help_step, _("help for you")))
        return rows


class Booked(DraftView):
    """The confirmation. Shown again however often it is asked for: nothing is made or sent here."""

    after_booking = True
    related = "booking"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the reference, and when and where to be."""
        booking = self.draft.booking
        if booking is None:
            return self.go_on()
        appointments = list(booking.appointments.select_related("session__venue").order_by("position"))
        context = {
            "booking": booking,
            "reference": shown_reference(booking.reference),
            "appointments": appointments,
            "session": appointments[0].session,
            "approximate": [each for each in appointments if each.date_of_birth_is_approximate],
            "mobile": self.answers.mobile_typed,
            "qr": booking_qr(booking),
            "calendar_url": reverse("booking-booked-calendar", kwargs={"draft": self.draft.public_id}),
        }
        return render(request, "bookings/booked.html", context)


class BookedCalendar(DraftView):
    """The booking as a file for a calendar."""

    after_booking = True
    related = "booking"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Send the file."""
        if self.draft.booking is None:
            return self.go_on()
        return calendar_response(self.draft.booking, at=self.at)


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
