"""What the schedule says when it cannot answer."""


class ScheduleError(ValueError):
    """The question cannot be answered as asked.

    ``code`` is for machines; ``message`` is a sentence for the person who asked; ``params`` are its parts.
    """

    def __init__(self, code: str, message: str, **params: str | int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.params = params
