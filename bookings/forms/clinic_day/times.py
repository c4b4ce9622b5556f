"""Times of day as people write them."""

import re
from datetime import time

TIME = re.compile(r"(\d{1,2})(?:[:. ]?(\d{2}))?\s*(am|pm)?", re.ASCII)


def read_time(text: str) -> time | None:
    """Return the time of "10:20am", "10.20", "2pm" or "1405", or None for anything else."""
    plain = text.strip().casefold().replace("midday", "12pm")
    found = TIME.fullmatch(plain)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half is None and found[2] is None:
        # "10" alone may be anything.
        return None
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
