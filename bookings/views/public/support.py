"""What helps whoever comes: an interpreter, information in another form, and the needs of each person."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from bookings.drafts import Step
from bookings.forms.public import people as forms
from bookings.views.public.base import PersonQuestion, Question, step_url
from nhsuk.forms import NhsukForm

# Languages often interpreted for in England, with their own names. The English name is what staff read.
SPOKEN = (
    ("Albanian", "shqip"),
    ("Amharic", "አማርኛ"),
    ("Arabic", "العربية"),
    ("Bengali", "বাংলা"),
    ("British Sign Language", ""),
    ("Bulgarian", "български"),
    ("Cantonese", "廣東話"),
    ("Czech", "čeština"),
    ("Dari", "دری"),
    ("Farsi", "فارسی"),
    ("French", "français"),
    ("Gujarati", "ગુજરાતી"),
    ("Hindi", "हिन्दी"),
    ("Hungarian", "magyar"),
    ("Italian", "italiano"),
    ("Kurdish Sorani", "سۆرانی"),
    ("Lithuanian", "lietuvių"),
    ("Mandarin", "普通话"),
    ("Nepali", "नेपाली"),
    ("Pashto", "پښتو"),
    ("Polish", "polski"),
    ("Portuguese", "português"),
    ("Punjabi", "ਪੰਜਾਬੀ"),
    ("Romanian", "română"),
    ("Russian", "русский"),
    ("Slovak", "slovenčina"),
    ("Somali", "Soomaali"),
    ("Spanish", "español"),
    ("Sylheti", "ছিলটি"),
    ("Tamil", "தமிழ்"),
    ("Tigrinya", "ትግርኛ"),
    ("Turkish", "Türkçe"),
    ("Ukrainian", "українська"),
    ("Urdu", "اردو"),
    ("Vietnamese", "Tiếng Việt"),
)


class Language(Question):
    """Whether an interpreter is wanted, for which language, and how to send information."""

    page = "book-language"
    form_class = forms.LanguageForm
    template = "bookings/language.html"

    def initial(self) -> dict[str, Any]:
        """Return what was answered before."""
        if self.answers.interpreter is None:
            return {}
        chosen = forms.YES if self.answers.interpreter else forms.NO
        return {
            "interpreter": chosen,
            "spoken_language": self.answers.spoken_language,
            "formats": self.answers.formats,
            "format_words": self.answers.format_words,
        }

    def answered(self, form: NhsukForm) -> None:
        """Keep the answer."""
        self.answers.interpreter = form.cleaned_data["interpreter"] == forms.YES
        self.answers.spoken_language = form.cleaned_data["spoken_language"]
        self.answers.formats = form.cleaned_data["formats"]
        self.answers.format_words = form.cleaned_data["format_words"]
        self.save()

    def context(self) -> dict[str, Any]:
        """Return the languages to choose from, each with its own name."""
        return {"languages": SPOKEN}


class Help(Question):
    """Whether, and for whom, extra help is wanted."""

    page = "book-help"
    form_class = forms.HelpForm

    def form_words(self) -> dict[str, Any]:
        """Return the people's first names."""
        return {"names": [person.first_name for person in self.answers.people]}

    def initial(self) -> dict[str, Any]:
        """Return what was answered before."""
        if self.answers.help_wanted is None:
            return {}
        who = [str(number) for number, person in enumerate(self.answers.people, start=1) if person.help]
        if self.answers.my_help:
            who.append(forms.ME)
        return {"wanted": forms.YES if self.answers.help_wanted else forms.NO, "who": who}

    def answered(self, form: NhsukForm) -> HttpResponse | None:
        """Keep for whom it is wanted, and ask about each of them."""
        self.answers.help_wanted = form.cleaned_data["wanted"] == forms.YES
        chosen = form.cleaned_data["who"]
        self.answers.my_help = forms.ME in chosen
        steps = [Step("book-my-needs")] if self.answers.my_help else []
        for number, person in reversed(list(enumerate(self.answers.people, start=1))):
            person.help = str(number) in chosen
            if person.help:
                steps.insert(0, Step("book-needs", number))
        self.save()
        # Asked even where it was answered before: whoever comes here wants to change it.
        return HttpResponseRedirect(step_url(self.draft, steps[0])) if steps else None


class Needs(PersonQuestion):
    """What help one person needs."""

    page = "book-needs"
    form_class = forms.NeedsForm

    def dispatch_question(self, request: HttpRequest) -> HttpResponse | None:
        """Only of those for whom help is wanted."""
        number = self.kwargs["number"]
        if 1 <= number <= len(self.answers.people) and not self.person.help:
            return self.go_on()
        return super().dispatch_question(request)

    def initial(self) -> dict[str, Any]:
        """Return what was answered before."""
        if self.person.needs is None:
            return {}
        return {"needs": self.person.needs or [forms.NONE], "words": self.person.needs_words}

    def answered(self, form: NhsukForm) -> None:
        """Keep the needs."""
        self.person.needs = [code for code in form.cleaned_data["needs"] if code != forms.NONE]
        self.person.needs_words = form.cleaned_data["words"]
        self.save()


class MyNeeds(Question):
    """What help the person who books needs."""

    page = "book-my-needs"
    form_class = forms.MyNeedsForm

    def dispatch_question(self, request: HttpRequest) -> HttpResponse | None:
        """Only where they want help."""
        return super().dispatch_question(request) if self.answers.my_help else self.go_on()

    def initial(self) -> dict[str, Any]:
        """Return what was answered before."""
        if self.answers.my_needs is None:
            return {}
        return {"needs": self.answers.my_needs or [forms.NONE], "words": self.answers.my_words}

    def answered(self, form: NhsukForm) -> None:
        """Keep the needs."""
        self.answers.my_needs = [code for code in form.cleaned_data["needs"] if code != forms.NONE]
        self.answers.my_words = form.cleaned_data["words"]
        self.save()
