"""Filters that are questions people ask."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Question(admin.SimpleListFilter):
    """A list filter whose answers are (value, words, what it keeps of a queryset at a moment)."""

    answers: ClassVar[list[tuple[str, Any, Callable[[QuerySet[Any], datetime], QuerySet[Any]]]]] = []

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the answers to choose from."""
        return [(value, words) for value, words, _keep in self.answers]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what belongs to the answer chosen; all where none, or an unknown one, is."""
        for value, _words, keep in self.answers:
            if value == self.value():
                return keep(queryset, timezone.now())
        return queryset


def lately(field: str, words: Any) -> type[Question]:
    """Return the question "today, or in the last 7 or 90 days?" about a moment's ``field``."""

    def since(days: int) -> Callable[[QuerySet[Any], datetime], QuerySet[Any]]:
        def keep(queryset: QuerySet[Any], at: datetime) -> QuerySet[Any]:
            midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
            return queryset.filter(**{f"{field}__gte": midnight - timedelta(days=days)})

        return keep

    class Lately(Question):
        title = words
        parameter_name = "when"
        answers = [
            ("today", _("Today"), since(0)),
            ("week", _("In the last 7 days"), since(7)),
            ("quarter", _("In the last 90 days"), since(90)),
        ]

    return Lately
