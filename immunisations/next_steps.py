"""What happens next when somebody is not vaccinated: for each reason a step, who takes it and by when.

One table, shown with the reasons before anything is saved, and changed in place by whoever knows better. The days are
the service's own custom, agreed with its clinical lead; NICE guideline NG218 asks that a decline is recorded, followed
up and offered again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from clinics.words import plain_date
from immunisations.models import FollowUp, Vaccination
from immunisations.working_days import working_days_after


@dataclass(frozen=True)
class Rule:
    """The usual next step after one reason: ``step`` ("" for none) within ``days``, working days where ``working``.

    ``mine``: whoever writes it down takes it, else the team. ``note_for_none``: doing nothing needs a word why.
    ``from_forecast``: on the day from which a dose counts, where the schedule names one.
    """

    step: str = ""
    days: int = 0
    working: bool = False
    mine: bool = False
    note_for_none: bool = False
    from_forecast: bool = False


_Reason = Vaccination.Reason
_Step = FollowUp.Step

RULES: Mapping[str, Rule] = {
    # They may think again, and are asked again; nobody has to say why they are left in peace.
    _Reason.DECLINED: Rule(_Step.INVITE_AGAIN, days=182),
    _Reason.UNWELL: Rule(_Step.BOOK_AGAIN, days=14, note_for_none=True),
    _Reason.CONTRAINDICATED: Rule(_Step.REFER_GP, days=5, working=True, mine=True, note_for_none=True),
    _Reason.NEEDS_ADVICE: Rule(_Step.PHONE, days=5, working=True, mine=True, note_for_none=True),
    _Reason.ALREADY_COMPLETE: Rule(),
    _Reason.TOO_EARLY: Rule(_Step.INVITE_AGAIN, days=28, from_forecast=True),
    _Reason.RECORD_UNCLEAR: Rule(_Step.FIND_RECORD, days=5, working=True, note_for_none=True),
    # Such as a gelatine-free one: asked to the next clinic here, which will have it with it.
    _Reason.NO_PRODUCT: Rule(_Step.SEE_AGAIN, days=28, note_for_none=True),
    _Reason.LEFT: Rule(_Step.PHONE, days=2, working=True, note_for_none=True),
    _Reason.NOT_PRODUCED: Rule(_Step.SEE_AGAIN, days=14, note_for_none=True),
}


@dataclass(frozen=True)
class NextStep:
    """What is to be done: the step, its day, and whether whoever writes it down takes it (else the team)."""

    step: str
    due_on: date
    mine: bool

    @property
    def words(self) -> str:
        """The step in one line: “Next: phone, by 3 June 2026 (you)”."""
        return _("Next: %(step)s, %(when)s (%(who)s)") % {
            "step": in_sentence(str(FollowUp.Step(self.step).label)),
            "when": when_words(self.step, self.due_on),
            "who": _("you") if self.mine else _("the team"),
        }


def in_sentence(words: str) -> str:
    """Return words as they stand within a sentence: “ask the GP practice”."""
    return words[:1].lower() + words[1:]


def when_words(step: str, due_on: date) -> str:
    """Return “from 3 June 2026” for an invitation, which is not sent before its day, and “by 3 June 2026” else."""
    words = _("from %(date)s") if step == FollowUp.Step.INVITE_AGAIN else _("by %(date)s")
    return words % {"date": plain_date(due_on)}


def next_step(reason: str, *, today: date, counts_from: date | None = None) -> NextStep | None:
    """Return the usual next step after a reason, None where nothing is to be done.

    ``counts_from`` is the day from which a dose counts, where the schedule names one that is still to come.
    """
    rule = RULES[reason]
    if not rule.step:
        return None
    if rule.from_forecast and counts_from is not None and counts_from > today:
        return NextStep(rule.step, counts_from, rule.mine)
    due = working_days_after(today, rule.days) if rule.working else today + timedelta(days=rule.days)
    return NextStep(rule.step, due, rule.mine)


def none_needs_a_note(reason: str) -> bool:
    """Whether it must be said why nothing is done after this reason."""
    return RULES[reason].note_for_none
