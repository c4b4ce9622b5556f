"""The short pages that answer questions, and their list."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views import View

from clinics.guides import marks
from clinics.guides.reading import ENGLISH, guide_in, guides_in


class GuideList(View):
    """Every guide, with what it is about."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them in the reader's language, those that are not translated in English."""
        return render(request, "public/guides.html", {"guides": guides_in(get_language() or ENGLISH)})


class Guide(View):
    """One guide, with its source and when it was reviewed."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show it in the reader's language, or in English with a note."""
        shown = guide_in(slug, get_language() or ENGLISH)
        if shown is None:
            raise Http404
        context = {
            "guide": shown,
            "version": shown.version,
            "text": marks.render(shown.version.body),
            "back_url": reverse("guide-list"),
        }
        return render(request, "public/guide.html", context)
