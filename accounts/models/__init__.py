from accounts.models.api import ApiToken, IdempotencyKey
from accounts.models.audit import AuditEvent, RecordView
from accounts.models.bases import AppendOnlyModel, PublicIdModel
from accounts.models.teams import Membership, Role, Team
from accounts.models.user import User

__all__ = [
    "ApiToken",
    "AppendOnlyModel",
    "AuditEvent",
    "IdempotencyKey",
    "Membership",
    "PublicIdModel",
    "RecordView",
    "Role",
    "Team",
    "User",
]
