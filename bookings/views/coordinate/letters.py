"""Letters to those who have neither mobile nor email: what waits, on paper, and posted in one press."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audit import record_views
from accounts.permissions import Permission
from bookings.queries.outstanding import LetterPile, letter_pile
from bookings.views.coordinate.base import CoordinatePage
from messaging.hearing import post_letters


class LettersBase(CoordinatePage):
    """Pages about the letters of the team."""

    permission = Permission.HANDLE_MESSAGES

    def pile(self, page: str) -> LetterPile:
        """Read the letters as they are now, and write down whose they are."""
        pile = letter_pile(self.team.pk, at=self.now)
        people = dict.fromkeys(pile.people)
        record_views(user=self.user, at=self.now, team=self.team, people=people, page=page)
        return pile


class Letters(LettersBase):
    """What waits to be printed and posted."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        return self.page("letters.html", {"pile": self.pile("letters")})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark the letters that were on the page as posted, and those that nobody needs any more as that."""
        wanted = {found for text in request.POST.getlist("letter")[:500] if (found := _id(text))}
        pile = letter_pile(self.team.pk, at=self.now)
        posted = post_letters(
            messages=[letter.message for letter in pile.letters if letter.message.public_id in wanted],
            gone=pile.gone,
            by=self.user,
            at=self.now,
            source="staff",
        )
        if posted:
            said = ngettext("%(count)d letter is marked as posted.", "%(count)d letters are marked as posted.", posted)
            messages.success(request, said % {"count": posted})
        else:
            messages.info(request, _("No letter was marked: somebody else was first, or none was chosen."))
        return redirect("letters")


class LettersPrint(LettersBase):
    """The letters themselves, one on a page of its own."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        return self.page("letters_print.html", {"pile": self.pile("letters-print")})


def _id(text: str) -> UUID | None:
    """Return the id of a text that is one, else None."""
    try:
        return UUID(text)
    except ValueError:
        return None
