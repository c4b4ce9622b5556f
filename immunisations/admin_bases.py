"""What the admin pages of everything that belongs to a person share."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from accounts.admin_bases import FirstThousands, FoundByName, ReadOnlyAdmin
from accounts.permissions import Permission
from immunisations.models import Person

CO_ORDINATORS = Permission.INSPECT


def person_link(person: Person) -> str:
    """Return the person's name as lists show it, linked to their page by their outside name."""
    url = reverse("admin:immunisations_person_change", args=[person.public_id])
    return format_html('<a href="{}">{}</a>', url, person.list_name)


class OfAPerson(FoundByName, ReadOnlyAdmin):
    """Clinical rows that belong to one person."""

    view_with = CO_ORDINATORS
    team_path = "person__team"
    paginator = FirstThousands
    ordering = ["-id"]

    def person_of(self, row: Any) -> Person:
        """Return the person a row is about."""
        return row.person

    def people_shown(self, row: Any) -> Iterable[tuple[int, uuid.UUID]]:
        """The person whose record it is."""
        person = self.person_of(row)
        return [(person.team_id, person.public_id)]

    def people_listed(self, row: Any) -> Iterable[tuple[int, uuid.UUID]]:
        """The person, whom the list names."""
        return self.people_shown(row)

    @admin.display(description=gettext_lazy("person"))
    def of(self, row: Any) -> str:
        """The person, linked."""
        return person_link(self.person_of(row))
