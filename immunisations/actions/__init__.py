"""Every change to people and their records: the staff's screens, the API and imports are doors to these.

Each takes ``by`` (the user), ``at`` (the moment, from the edge) and ``source`` (the door); locks, asks the policy,
writes, and leaves an audit event, in one transaction.
"""

from immunisations.actions.consents import record_consent, record_screening
from immunisations.actions.corrections import correct_batch, correct_vaccination
from immunisations.actions.facts import lift_fact
from immunisations.actions.follow_ups import Wanted, add_follow_up, change_follow_up, close_follow_up
from immunisations.actions.identifiers import add_prison_number
from immunisations.actions.judgements import judge_doses
from immunisations.actions.merges import merge_people, unmerge_people
from immunisations.actions.offers import record_offer
from immunisations.actions.people import NewPerson, add_people, add_person, change_person
from immunisations.actions.reactions import record_reaction
from immunisations.actions.record_checks import FoundDose, SourceLook, record_check, record_round
from immunisations.actions.sending import mark_sent
from immunisations.actions.stock import count_back, destroy_held, record_reading
from immunisations.actions.vaccinations import record_not_given, record_vaccination
from immunisations.actions.visits import arrive, end_visit, pause_visit, put_back_visit, start_visit, undo_arrival

__all__ = [
    "FoundDose",
    "NewPerson",
    "SourceLook",
    "Wanted",
    "add_follow_up",
    "add_people",
    "add_person",
    "add_prison_number",
    "arrive",
    "change_follow_up",
    "change_person",
    "close_follow_up",
    "correct_batch",
    "correct_vaccination",
    "count_back",
    "destroy_held",
    "end_visit",
    "judge_doses",
    "lift_fact",
    "mark_sent",
    "merge_people",
    "pause_visit",
    "put_back_visit",
    "record_check",
    "record_consent",
    "record_not_given",
    "record_offer",
    "record_reaction",
    "record_reading",
    "record_round",
    "record_screening",
    "record_vaccination",
    "start_visit",
    "undo_arrival",
    "unmerge_people",
]
