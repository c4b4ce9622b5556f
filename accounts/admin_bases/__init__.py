"""What every page of the admin shares: rows of one's own teams only, outside names in addresses, and an audit.

A model's admin says which permission of a team opens it (``view_with``), which one allows adding and changing
(``change_with``; None: read only) and actions (``act_with``; None: the same one), and the path from a row to its team
(``team_path``; None: reference data that all share). Nothing can be deleted here.
"""

from accounts.admin_bases.choices import ScopedChoices, staff_of, teams_of
from accounts.admin_bases.inlines import ReadOnlyInline, TeamInline
from accounts.admin_bases.lists import FirstThousands
from accounts.admin_bases.pages import FoundByName, ReadOnlyAdmin, TeamAdmin
from accounts.admin_bases.teams import OutsideNames

__all__ = [
    "FirstThousands",
    "FoundByName",
    "OutsideNames",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "ScopedChoices",
    "TeamAdmin",
    "TeamInline",
    "staff_of",
    "teams_of",
]
