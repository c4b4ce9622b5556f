"""Signing in and one's own account."""

from tests.integration.walk.table import ADMINISTRATOR, BY_POST, PRIVACY_LEAD, ROLES, Entry, public, staff

ANYBODY_SIGNED_IN = {"superuser": (200,)}

TABLE: dict[str, Entry] = {
    "account-home": staff(ROLES, **ANYBODY_SIGNED_IN),
    "account-start": staff(ROLES, 302, superuser=(302,)),
    "account-team": staff(ROLES),
    "account-roles": staff(ROLES, **ANYBODY_SIGNED_IN),
    # Whoever is signed in already is led on.
    "account_login": Entry((200,), dict.fromkeys(ROLES, (302,)), (302,), (302,)),
    # Nobody has given a password there: back to where one does, or on.
    "mfa_authenticate": Entry((302,), dict.fromkeys(ROLES, (302,)), (302,), (302,)),
    "account-second-factor": staff(ROLES, **ANYBODY_SIGNED_IN),
    # Nothing is on show: on to one's own page, and nothing to download.
    "account-recovery-codes": staff(ROLES, 302, superuser=(302,)),
    "account-recovery-codes-download": staff(ROLES, 404, superuser=(404,)),
    "account-recovery-codes-renew": staff(ROLES, 302, superuser=(302,)),
    "account-pin": staff(ROLES, **ANYBODY_SIGNED_IN),
    "account-lock-now": staff(ROLES, 405, superuser=(405,)),
    f"account-lock-now{BY_POST}": staff(ROLES, 302, superuser=(302,)),
    "account-lock-state": staff(ROLES, **ANYBODY_SIGNED_IN),
    "account-unlock": staff(ROLES, 405, superuser=(405,)),
    f"account-unlock{BY_POST}": staff(ROLES, **ANYBODY_SIGNED_IN),
    "account-looks": staff([ADMINISTRATOR, PRIVACY_LEAD]),
    "account_logout": staff(ROLES, **ANYBODY_SIGNED_IN),
    "account_inactive": public(),
    "account_change_password": staff(ROLES, **ANYBODY_SIGNED_IN),
}
