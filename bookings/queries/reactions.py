"""A reaction as an incident report tells it."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clinics.times import london_day
from clinics.words import clock, listed, plain_date
from immunisations.ages import age_in_words
from immunisations.models import Person, Reaction, ReactionAction
from immunisations.queries import first_said


def actions_in_words(reaction: Reaction) -> str:
    """Return what was done: “Laid down and watched until well”."""
    words = [str(ReactionAction(code).label) for code in reaction.actions]
    return listed([words[0], *(word if word[0].isdigit() else word[0].lower() + word[1:] for word in words[1:])])


def incident_rows(reaction: Reaction, person: Person) -> list[tuple[str | Promise, str]]:
    """Return the facts that a report of a suspected reaction needs, each with its name: the vaccine by brand and batch,
    the dose, what happened and what was done (as the Yellow Card scheme asks). Of the person only age and sex.
    """
    dose = reaction.vaccination
    first = first_said(reaction)
    rows: list[tuple[str | Promise, str]] = [
        (_("What happened"), str(reaction.get_kind_display())),
        (_("Began"), f"{plain_date(london_day(reaction.began_at))}, {clock(reaction.began_at)}"),
        (_("What was done"), actions_in_words(reaction)),
        (_("In words"), reaction.note or "–"),
        (_("Yellow Card reference"), reaction.yellow_card_reference or _("Not reported yet")),
        (_("Vaccine"), str(dose.get_vaccine_display())),
        (_("Brand"), f"{reaction.product_name}, {dose.maker}"),
        (_("Batch"), reaction.batch_number),
        (_("Dose"), str(dose.dose_number or "–")),
        (_("Site and route"), f"{dose.get_body_site_display()}, {str(dose.get_route_display()).lower()}"),
    ]
    if dose.given_at and dose.given_on:
        rows.append((_("Given"), f"{plain_date(dose.given_on)}, {clock(dose.given_at)}"))
    if dose.batch_expires_on:
        rows.insert(8, (_("Batch expires"), plain_date(dose.batch_expires_on)))
    rows += [
        (_("Where"), dose.place_name),
        (_("Age at the dose"), age_in_words(person.date_of_birth, dose.given_on) if dose.given_on else "–"),
        (_("Sex"), str(person.get_sex_display()) or "–"),
        (
            _("Recorded by"),
            f"{first.recorded_by_name}, {plain_date(london_day(first.recorded_at))}, {clock(first.recorded_at)}",
        ),
        (_("Our record"), str(reaction.public_id)),
    ]
    return rows
