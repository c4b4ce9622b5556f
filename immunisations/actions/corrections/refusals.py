"""Why a record stays as it is."""

from accounts.errors import Refused


class CorrectionRefused(Refused):
    """A record cannot be corrected like this."""

    code = "correction_refused"
