"""Which of their teams somebody works for at the moment."""

from collections.abc import Iterable
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from nhsuk.forms import NhsukForm, RadiosField


class TeamForm(NhsukForm):
    """One of ``memberships``; the answer is the team's public id."""

    team = RadiosField(label=_("Which team are you working for now?"), subject=_("a team"), heading=True)

    def __init__(self, *args: Any, memberships: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.memberships = {str(each.team.public_id): each for each in memberships}
        field = cast(RadiosField, self.fields["team"])
        field.choices = [(key, each.team.name) for key, each in self.memberships.items()]
        field.nhsuk["choice_hints"] = {key: each.get_role_display() for key, each in self.memberships.items()}

    def chosen(self) -> Membership:
        """Return the membership in the team chosen."""
        return self.memberships[self.cleaned_data["team"]]
