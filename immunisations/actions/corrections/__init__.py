"""Putting records right: a new row that replaces the old one, which stays."""

from immunisations.actions.corrections.clinic import batch_corrected_before, correct_batch
from immunisations.actions.corrections.planning import CORRECTABLE, Planned, plan
from immunisations.actions.corrections.refusals import CorrectionRefused
from immunisations.actions.corrections.single import correct_vaccination

__all__ = [
    "CORRECTABLE",
    "CorrectionRefused",
    "Planned",
    "batch_corrected_before",
    "correct_batch",
    "correct_vaccination",
    "plan",
]
