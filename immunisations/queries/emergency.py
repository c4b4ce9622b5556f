"""Whom somebody may read in an emergency, and who has."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from accounts.models import Membership, Role, Team, User
from immunisations.models import EmergencyAccess, Person

# How far back a privacy lead's page lists emergencies by itself; the register of views keeps them all.
SHOWN_FOR = timedelta(days=30)
MOST_SHOWN = 20
MOST_FOUND = 5


@dataclass(frozen=True)
class Asked:
    """The facts by which somebody is asked for: an NHS number or a whole name with a postcode, and always the birth."""

    date_of_birth: date
    nhs_number: str = ""
    first_name: str = ""
    last_name: str = ""
    postcode: str = ""


def people_elsewhere(asked: Asked, *, own_teams: Collection[int]) -> list[Person]:
    """Return whoever these facts are exactly those of, in any other team: each team's row that stands for them.

    ``own_teams`` are those whose records the user may see anyway.
    """
    others = list(Team.objects.exclude(pk__in=own_teams).values_list("pk", flat=True))
    rows = Person.objects.filter(team__in=others, date_of_birth=asked.date_of_birth).select_related(
        "team", "merged_into__team"
    )
    if asked.nhs_number:
        found = list(rows.filter(nhs_number=asked.nhs_number)[: MOST_FOUND * 2])
    elif asked.first_name and asked.postcode:
        names = (asked.first_name.casefold(), asked.last_name.casefold())
        found = [
            row
            for row in rows.filter(postcode=asked.postcode)[:100]
            if (row.first_name.casefold(), row.last_name.casefold()) == names
        ]
    else:
        return []
    roots = {row.root_id: row.merged_into or row for row in found}
    return list(roots.values())[:MOST_FOUND]


def emergencies(*, teams: Collection[int], at: datetime) -> list[EmergencyAccess]:
    """Return the latest emergency readings that concern any of these teams: of their people, or by their staff."""
    concerned = Q(user_team__in=teams) | Q(person__team__in=teams)
    return list(
        EmergencyAccess.objects.filter(concerned, began_at__gt=at - SHOWN_FOR)
        .select_related("user_team", "person__team")
        .order_by("-pk")[:MOST_SHOWN]
    )


def begun_together(access: EmergencyAccess) -> list[EmergencyAccess]:
    """Return what the same question opened: one for each team that keeps a record of that person."""
    return list(
        EmergencyAccess.objects.filter(user=access.user_id, began_at=access.began_at)
        .select_related("person__team")
        .order_by("pk")
    )


def leads_to_tell(access: EmergencyAccess) -> list[tuple[Team, User]]:
    """Return the privacy leads of both teams, each once, with the team through which they are told."""
    rows = (
        Membership.objects.filter(
            team__in={access.user_team_id, access.person.team_id}, role=Role.PRIVACY_LEAD, user__is_active=True
        )
        .select_related("team", "user")
        .order_by("pk")
    )
    leads: dict[int, tuple[Team, User]] = {}
    for row in rows:
        leads.setdefault(row.user_id, (row.team, row.user))
    return list(leads.values())
