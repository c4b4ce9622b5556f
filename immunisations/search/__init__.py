"""Find people by what somebody at a desk says: parts of a name however spelt, a date of birth, a number.

Names are kept in rows of their own (``PersonSearchKey``): each part folded to plain small letters, and how each part
sounds, so that both databases find the same people and one index answers a search.

``names`` folds and hears a name, ``keys`` writes its rows, ``slips`` knows what is one letter off, ``typed`` reads the
search box, ``fitting`` compares a name with it, ``parts`` asks the index, ``finding`` puts it all together.
"""

from immunisations.search.finding import MOST_RESULTS, Found, search_people
from immunisations.search.fitting import fits_name, sounds_like, why_named
from immunisations.search.keys import keys_of, write_keys, write_keys_of_new
from immunisations.search.names import LONGEST_KEY, fold, name_words, sound
from immunisations.search.parts import NamePart, people_with_all
from immunisations.search.slips import one_slip_apart, spelt_nearly
from immunisations.search.typed import Query, read_query

__all__ = [
    "LONGEST_KEY",
    "MOST_RESULTS",
    "Found",
    "NamePart",
    "Query",
    "fits_name",
    "fold",
    "keys_of",
    "name_words",
    "one_slip_apart",
    "people_with_all",
    "read_query",
    "search_people",
    "sound",
    "sounds_like",
    "spelt_nearly",
    "why_named",
    "write_keys",
    "write_keys_of_new",
]
