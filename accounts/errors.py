"""What an action or a policy raises when the answer is no."""

from typing import Any


class Refused(Exception):
    """Something may not be done as things stand: a sentence for a person and a code for a machine.

    ``details`` is JSON for the caller that can use it (the nearest free times, who recorded the dose first).
    Subclasses live in the module that raises them; every door turns one into its own kind of 4xx.
    """

    code = "refused"
    status = 409

    def __init__(self, message: str, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details = details

    def __str__(self) -> str:
        return str(self.message)
