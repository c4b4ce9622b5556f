"""The unfinished bookings of the public: what was answered so far, whose it is, and what is to be asked next.

A draft lives on the server for a day after its last answer. Its id stands in the address; what opens it is a secret
in the browser's cookie, of which only the hash is stored.
"""

from bookings.drafts.answers import GP, HOME, MYSELF, SAME, SURPRISING_AGE, WANTED, Answers, PersonAnswers, read
from bookings.drafts.forgetting import clear, forget_expired
from bookings.drafts.keeping import (
    KEPT_FOR,
    booked_appointments,
    choose_session,
    find,
    hash_secret,
    new_secret,
    release,
    save,
    start,
)
from bookings.drafts.order import (
    ADULT,
    CHECK,
    SHARED,
    Step,
    ages_key,
    gelatine_key,
    needs_parent,
    next_step,
    reachable,
    room_for_another,
    step_before,
    steps,
    takes_bookings,
)
from bookings.drafts.wording import (
    LONGEST_NEEDS,
    contact,
    details,
    formats_sentence,
    my_help_sentence,
    my_needs_sentence,
    needs_sentence,
)
from bookings.policies import MOST_PEOPLE

__all__ = [
    "ADULT",
    "CHECK",
    "GP",
    "HOME",
    "KEPT_FOR",
    "LONGEST_NEEDS",
    "MOST_PEOPLE",
    "MYSELF",
    "SAME",
    "SHARED",
    "SURPRISING_AGE",
    "WANTED",
    "Answers",
    "PersonAnswers",
    "Step",
    "ages_key",
    "booked_appointments",
    "choose_session",
    "clear",
    "contact",
    "details",
    "find",
    "forget_expired",
    "formats_sentence",
    "gelatine_key",
    "hash_secret",
    "my_help_sentence",
    "my_needs_sentence",
    "needs_parent",
    "needs_sentence",
    "new_secret",
    "next_step",
    "reachable",
    "read",
    "release",
    "room_for_another",
    "save",
    "start",
    "step_before",
    "steps",
    "takes_bookings",
]
