"""What several policies answer with."""

from accounts.errors import Refused


class DoseRefused(Refused):
    """The dose may not be recorded as given, and no reason changes that."""

    code = "dose_refused"
