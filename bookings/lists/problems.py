"""Why a list cannot be read, and how much of one is read at all."""

from accounts.errors import Refused

# People of one list: a prison of this country holds fewer than 2,500.
MOST_ROWS = 2_000
# What stands above the header in files that people make: a title, a date, an empty line.
MOST_ABOVE = 15
MOST_COLUMNS = 60
# Of one cell. Longer than any name, and than any note that we keep.
LONGEST_CELL = 500
# Of the file as it was sent, and of all the text in it.
MOST_BYTES = 3_000_000
MOST_TEXT = 2_000_000
# A formula's own words are never run and what it came to elsewhere is not believed: it stands as this one sign.
FORMULA = "\ue000"


class UnreadableList(Refused):
    """A list that cannot be read, with a sentence that says what to do."""

    code = "unreadable_list"
    status = 422
