"""The vaccines the service speaks of, by the codes of the NHS vaccination event file, and the series they belong to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Vaccine(models.TextChoices):
    """A kind of vaccine, whatever its brand."""

    MMR = "MMR", _("MMR")
    MMRV = "MMRV", _("MMRV")
    SIX_IN_ONE = "6IN1", _("6-in-1")
    FOUR_IN_ONE = "4IN1", _("4-in-1")
    TD_IPV = "3IN1", _("Td/IPV (3-in-1 teenage booster)")
    MENB = "MENB", _("MenB")
    PNEUMOCOCCAL = "PNEUMOCOCCAL", _("Pneumococcal (PCV)")
    ROTAVIRUS = "ROTAVIRUS", _("Rotavirus")
    HPV = "HPV", _("HPV")
    MENACWY = "MENACWY", _("MenACWY")
    HIBMENC = "HIBMENC", _("Hib/MenC")


class Series(models.TextChoices):
    """A course of doses against the same diseases: MMR and MMRV are one series."""

    MEASLES = "MEASLES", _("MMR or MMRV")
    SIX_IN_ONE = "6IN1", _("6-in-1")
    FOUR_IN_ONE = "4IN1", _("4-in-1 pre-school booster")
    TD_IPV = "3IN1", _("3-in-1 teenage booster")
    MENB = "MENB", _("MenB")
    PNEUMOCOCCAL = "PNEUMOCOCCAL", _("Pneumococcal")
    ROTAVIRUS = "ROTAVIRUS", _("Rotavirus")
    HPV = "HPV", _("HPV")
    MENACWY = "MENACWY", _("MenACWY")
    HIBMENC = "HIBMENC", _("Hib/MenC")


def series_of(vaccine: str) -> Series:
    """Return the series that a dose of ``vaccine`` (one of the codes of Vaccine) belongs to."""
    if vaccine in (Vaccine.MMR, Vaccine.MMRV):
        return Series.MEASLES
    return Series(vaccine)
