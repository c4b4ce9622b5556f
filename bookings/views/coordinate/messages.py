"""Messages that did not arrive, or of which nobody knows: somebody reaches the contact in another way."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import access
from accounts.audit import record_views
from accounts.errors import Refused
from accounts.models import Team
from accounts.permissions import Permission
from bookings.forms.messages import AGAIN, ARRIVED, DEALT_WITH, DealForm, StopForm
from bookings.queries.outstanding import MOST_TROUBLES, messages_to_check, outstanding
from bookings.references import shown_reference
from bookings.views.coordinate.base import CoordinatePage
from messaging import hearing
from messaging.actions import confirm_sent, send_again
from messaging.models import Message, StopRequest
from messaging.policies import can_be_settled_by_a_person, needs_a_person
from messaging.queries import letters_to_post


class MessagesToCheck(CoordinatePage):
    """The list, newest first."""

    permission = Permission.HANDLE_MESSAGES

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        rows, count = messages_to_check(self.team.pk)
        people = dict.fromkeys(person for row in rows for person in row.people)
        record_views(user=self.user, at=self.now, team=self.team, people=people, page="messages-to-check")
        letters = letters_to_post(self.team.pk, at=self.now).count()
        context = {"rows": rows, "count": count, "most": MOST_TROUBLES, "letters": letters}
        return self.page("messages.html", context)


class MessageToCheck(CoordinatePage):
    """One of them, and what was done about it."""

    permission = None

    @cached_property
    def message(self) -> Message:
        """The message of the address: 404 for another team's, 403 for the wrong role."""
        return access(
            Message.objects.select_related("team"),
            user=self.user,
            permission=Permission.HANDLE_MESSAGES,
            public_id=self.kwargs["message"],
        )

    @property
    def team(self) -> Team:
        """The message's team."""
        return self.message.team

    def _form(self, post: Any = None) -> DealForm:
        return DealForm(post, can_be_settled=can_be_settled_by_a_person(self.message))

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        return self._page(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save what was done. Whoever is slower is told who did what."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        note = form.cleaned_data["note"]
        about: dict[str, Any] = {"message": self.message, "by": self.user, "at": self.now, "source": "staff"}
        try:
            match form.cleaned_data["done"]:
                case "arrived":
                    confirm_sent(**about, reason=note)
                case "again":
                    send_again(**about, reason=note)
                case _:
                    hearing.deal_with(**about, note=note)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            del self.message
            return self._page(form, status=refusal.status)
        said = {ARRIVED: _("Marked as sent."), AGAIN: _("It is sent again."), DEALT_WITH: _("Saved.")}
        messages.success(request, said[form.cleaned_data["done"]])
        return redirect("messages-to-check")

    def _page(self, form: DealForm, *, status: int = 200) -> HttpResponse:
        [row] = outstanding([self.message])
        record_views(user=self.user, at=self.now, team=self.team, people=row.people, page="message-to-check")
        context = {
            "row": row,
            "reference": shown_reference(row.booking.reference) if row.booking else "",
            "form": form,
            "open": needs_a_person(self.message),
            "back_url": reverse("messages-to-check"),
        }
        return self.page("message.html", context, status=status)


class StopForCaller(CoordinatePage):
    """Somebody says on the phone or at the desk that they want no more messages, or want them again."""

    permission = Permission.HANDLE_MESSAGES

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the address."""
        return self._page(StopForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Stop or start. Nothing is said of whether the address is known."""
        form = StopForm(request.POST)
        if not form.is_valid():
            return self._page(form)
        stops = form.cleaned_data["wish"] == "stop"
        about: dict[str, Any] = {"team": self.team, "by": self.user, "at": self.now, "source": "staff"}
        for channel, address in form.addresses:
            if stops:
                hearing.stop(**about, channel=channel, address=address, how=StopRequest.Source.STAFF)
            else:
                hearing.start_again(**about, channel=channel, address=address)
        messages.success(request, _("Reminders are stopped.") if stops else _("Reminders are sent again."))
        return redirect("messages-to-check")

    def _page(self, form: StopForm) -> HttpResponse:
        return self.page("messages_stop.html", {"form": form, "back_url": reverse("messages-to-check")})
