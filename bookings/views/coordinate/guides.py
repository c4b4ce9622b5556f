"""Writing the pages that answer the public's questions, with their history."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.guides import GuideForm, initial_of
from bookings.queries.guides import guide_rows
from bookings.views.coordinate.base import CoordinatePage
from clinics.actions.guides import GuideChanged, write_guide
from clinics.guides import marks
from clinics.guides.changes import changes
from clinics.guides.files import said_by
from clinics.models import Guide, GuideVersion


class GuidesPage(CoordinatePage):
    """A page about the answers to the public's questions. All teams share them."""

    permission = Permission.WRITE_GUIDES


class GuidesEdit(GuidesPage):
    """Every page in every language, and what is to be done about it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        context = {"rows": guide_rows(today=self.today), "back_url": reverse("coordinate")}
        return self.page("guides.html", context)


class GuideLanguagePage(GuidesPage):
    """One page in one language."""

    @cached_property
    def guide(self) -> Guide:
        """The page of the address."""
        return get_object_or_404(Guide, slug=self.kwargs["slug"])

    @cached_property
    def language(self) -> str:
        """The language of the address: 404 for one that the service does not speak."""
        code: str = self.kwargs["language"]
        if code not in dict(settings.LANGUAGES):
            raise Http404
        return code

    def latest(self, language: str = "") -> GuideVersion | None:
        """Return the version that is shown now."""
        return self.guide.versions.filter(language=language or self.language).order_by("-pk").first()

    def shared(self) -> dict[str, Any]:
        """Return what the pages about one language show alike."""
        return {
            "guide": self.guide,
            # "language" and "bidi" are the layout's words for those of the page.
            "written_in": self.language,
            "language_name": dict(settings.LANGUAGES)[self.language],
            "right_to_left": get_language_info(self.language)["bidi"],
            "back_url": reverse("guides-edit"),
        }


class GuideEdit(GuideLanguagePage):
    """Write a page, look at it first, save it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the text as it is now, or an older one to be used again."""
        latest = self.latest()
        shown = self.older(request.GET.get("from", "")) or latest
        return self.write(GuideForm(initial=initial_of(shown, latest), today=self.today), latest)

    def older(self, public_id: str) -> GuideVersion | None:
        """Return the older version that was asked for; None without one."""
        try:
            return self.guide.versions.filter(language=self.language, public_id=UUID(public_id)).first()
        except ValueError:
            return None

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show what it will look like, or save it."""
        form = GuideForm(request.POST, today=self.today)
        latest = self.latest()
        if not form.is_valid():
            return self.write(form, latest)
        if "preview" in request.POST:
            return self.write(form, latest, preview=marks.render(form.cleaned_data["body"]))
        based_on = self.guide.versions.filter(
            language=self.language, public_id=form.cleaned_data["based_on"] or UUID(int=0)
        ).first()
        try:
            version = write_guide(
                guide=self.guide,
                language=self.language,
                text=form.text(),
                based_on=based_on,
                team=self.team,
                by=self.user,
                at=self.now,
                source="staff",
            )
        except GuideChanged as changed:
            return self.both(request, form, changed.latest)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.write(form, latest, status=refusal.status)
        messages.success(
            request, _("Saved. The page “%(title)s” is shown to the public now.") % {"title": version.title}
        )
        return redirect("guide-history", self.guide.slug, self.language)

    def both(self, request: HttpRequest, form: GuideForm, latest: GuideVersion) -> HttpResponse:
        """409: show what somebody else saved beside what was written here, which can be saved after it."""
        data = request.POST.copy()
        data["based_on"] = str(latest.public_id)
        context = {
            "theirs": latest,
            "their_text": marks.render(latest.body),
            "differences": changes(said_by(latest), form.text()),
        }
        return self.write(GuideForm(data, today=self.today), latest, status=409, **context)

    def write(self, form: GuideForm, latest: GuideVersion | None, *, status: int = 200, **more: Any) -> HttpResponse:
        """Show the form."""
        english = self.latest(settings.LANGUAGE_CODE) if self.language != settings.LANGUAGE_CODE else None
        context = {
            **self.shared(),
            "form": form,
            "latest": latest,
            "english": english,
            "english_text": marks.render(english.body) if english else "",
            "out_of_date": bool(latest and english and latest.translates_id != english.pk),
            **more,
        }
        return self.page("guide_edit.html", context, status=status)


class GuideHistory(GuideLanguagePage):
    """Every version of a page in one language: who wrote it and when."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """List them, the latest first."""
        versions = self.guide.versions.filter(language=self.language).defer("body").order_by("-pk")
        return self.page("guide_history.html", {**self.shared(), "versions": versions})


class GuideVersionPage(GuidesPage):
    """One version, and what is different in it from the one before."""

    def get(self, request: HttpRequest, version: UUID) -> HttpResponse:
        """Show it."""
        row = get_object_or_404(GuideVersion.objects.select_related("guide"), public_id=version)
        same = GuideVersion.objects.filter(guide=row.guide, language=row.language)
        before = same.filter(pk__lt=row.pk).order_by("-pk").first()
        context = {
            "version": row,
            "guide": row.guide,
            "text": marks.render(row.body),
            "before": before,
            "differences": changes(said_by(before), said_by(row)) if before else [],
            "is_latest": not same.filter(pk__gt=row.pk).exists(),
            "may_write": row.language in dict(settings.LANGUAGES),
            "right_to_left": get_language_info(row.language)["bidi"],
            "back_url": reverse("guide-history", args=[row.guide.slug, row.language])
            if row.language in dict(settings.LANGUAGES)
            else reverse("guides-edit"),
        }
        return self.page("guide_version.html", context)
