"""The outbox and what came of it, and who wants no more messages, to look into."""

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_bases import FirstThousands, FoundByName, ReadOnlyAdmin, staff_of
from accounts.admin_filters import Question, lately
from accounts.permissions import Permission
from messaging import registry
from messaging.actions import confirm_sent, send_again
from messaging.models import Message, StopRequest


class MessageState(Question):
    title = gettext_lazy("needs action")
    parameter_name = "is"
    answers = [
        ("waiting", gettext_lazy("Waiting"), lambda rows, at: rows.filter(state="waiting")),
        (
            "late",
            gettext_lazy("Waiting, and due by now"),
            lambda rows, at: rows.filter(state="waiting", due_at__lte=at),
        ),
        (
            "trouble",
            gettext_lazy("Failed, bounced, or not known whether sent"),
            lambda rows, at: rows.filter(Q(state__in=["failed", "unknown"]) | Q(receipt="bounced")),
        ),
        ("sent", gettext_lazy("Sent"), lambda rows, at: rows.filter(state="sent")),
    ]


class Arrived(Question):
    title = gettext_lazy("receipt")
    parameter_name = "receipt"
    answers = [
        ("delivered", gettext_lazy("Delivered"), lambda rows, at: rows.filter(receipt="delivered")),
        ("undelivered", gettext_lazy("Not delivered for now"), lambda rows, at: rows.filter(receipt="undelivered")),
        ("bounced", gettext_lazy("Cannot be delivered"), lambda rows, at: rows.filter(receipt="bounced")),
        ("none", gettext_lazy("Sent, nothing heard"), lambda rows, at: rows.filter(state="sent", receipt="")),
        ("dealt", gettext_lazy("Dealt with by a person"), lambda rows, at: rows.filter(dealt_with_at__isnull=False)),
    ]


class WhatFor(admin.SimpleListFilter):
    title = gettext_lazy("purpose")
    parameter_name = "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return every purpose there is, whether a message of it was written or not."""
        return [(purpose, purpose.replace("_", " ").capitalize()) for purpose in registry.purposes()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """Keep the messages of the purpose chosen; all where none is."""
        return queryset.filter(purpose=self.value()) if self.value() in registry.purposes() else queryset


@admin.register(Message)
class MessageAdmin(FoundByName, ReadOnlyAdmin):
    """Every message that is or was owed: when, how, and what came of it. What it says is made when it is sent."""

    view_with = Permission.INSPECT
    paginator = FirstThousands
    list_display = ["purpose", "channel", "state", "due_at", "finished_at", "receipt", "outcome"]
    list_filter = [MessageState, Arrived, lately("created_at", gettext_lazy("written")), "channel", WhatFor]
    search_fields = ["subject_id"]
    search_help_text = gettext_lazy("Search by the public id of the message or of the booking it is about")
    ordering = ["-id"]
    act_with = Permission.INSPECT
    actions = ["was_sent", "again"]
    fieldsets = [
        (None, {"fields": ["purpose", "channel", "language", "team", "subject_id", "subject_version"]}),
        (
            gettext_lazy("What came of it"),
            {"fields": ["state", "outcome", "created_at", "due_at", "finished_at", "attempts"]},
        ),
        (gettext_lazy("Receipt"), {"fields": ["receipt", "receipt_at"]}),
        (
            gettext_lazy("What a person did"),
            {"fields": ["dealt_with_at", "dealt_with_by_name", "dealt_with_note"]},
        ),
        (
            gettext_lazy("Technical"),
            {"fields": ["public_id", "provider_reference", "carried_by", "claimed_at"], "classes": ["collapse"]},
        ),
    ]
    # Its own name is not among the fields of a form.
    readonly_fields = ["public_id"]

    def search_by(self, term: str) -> Q | None:
        """Find by its own name or by what it is about."""
        try:
            name = uuid.UUID(term)
        except ValueError:
            return None
        return Q(public_id=name) | Q(subject_id=name)

    @admin.action(description=gettext_lazy("It did arrive: mark as sent"), permissions=["act"])
    def was_sent(self, request: HttpRequest, queryset: QuerySet[Message]) -> HttpResponse | None:
        """Settle messages of which nobody knew: somebody found out that they arrived."""
        return self.confirmed(
            request,
            queryset,
            action="was_sent",
            question=_("Mark these messages as sent?"),
            explanation=_("They are not sent again."),
            reason_label=_("How you know"),
            button=_("Yes, they arrived"),
            run=lambda message, reason: confirm_sent(
                message=message, by=staff_of(request), at=timezone.now(), source="admin", reason=reason
            ),
            done=_("{row} is marked as sent."),
        )

    @admin.action(description=gettext_lazy("It did not arrive: send again"), permissions=["act"])
    def again(self, request: HttpRequest, queryset: QuerySet[Message]) -> HttpResponse | None:
        """Put messages that did not arrive back into the queue."""
        return self.confirmed(
            request,
            queryset,
            action="again",
            question=_("Send these messages again?"),
            explanation=_("If one did arrive after all, its contact gets it twice."),
            reason_label=_("How you know that it did not arrive"),
            button=_("Yes, send again"),
            run=lambda message, reason: send_again(
                message=message, by=staff_of(request), at=timezone.now(), source="admin", reason=reason
            ),
            done=_("{row} waits to be sent again."),
        )


class Stands(Question):
    title = gettext_lazy("state")
    parameter_name = "is"
    answers = [
        ("stands", gettext_lazy("Stands"), lambda rows, at: rows.filter(withdrawn_at__isnull=True)),
        ("withdrawn", gettext_lazy("Taken back"), lambda rows, at: rows.filter(withdrawn_at__isnull=False)),
    ]


@admin.register(StopRequest)
class StopRequestAdmin(ReadOnlyAdmin):
    """That somebody wants no more reminders, how they said so, and whether they took it back.

    Whose address it is nobody can tell from here: it is kept as a hash, which is not shown.
    """

    view_with = Permission.INSPECT
    paginator = FirstThousands
    list_display = ["channel", "source", "asked_at", "withdrawn_at"]
    list_filter = [Stands, lately("asked_at", gettext_lazy("asked")), "channel", "source"]
    ordering = ["-id"]
    fields = readonly_fields = ("channel", "source", "asked_at", "withdrawn_at", "team")
