"""Signing in and one's own account."""

from tests.integration.walk.table import ROLES, Entry, public, staff

ANYBODY_SIGNED_IN = {"superuser": (200,)}

TABLE: dict[str, Entry] = {
    "account-home": staff(ROLES, **ANYBODY_SIGNED_IN),
    "account-start": staff(ROLES, 302, superuser=(302,)),
    "account-team": staff(ROLES),
    "account-roles": staff(ROLES, **ANYBODY_SIGNED_IN),
    # Whoever is signed in already is led on.
    "account_login": Entry((200,), dict.fromkeys(ROLES, (302,)), (302,), (302,)),
    "account_logout": staff(ROLES, **ANYBODY_SIGNED_IN),
    "account_inactive": public(),
    "account_change_password": staff(ROLES, **ANYBODY_SIGNED_IN),
}
