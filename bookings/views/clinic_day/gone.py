"""Somebody whose arrival was undone while a page about their visit was open."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bookings.views.clinic_day.base import PersonPageBase
from immunisations.meanwhile import last_changes


def arrival_undone(page: PersonPageBase) -> HttpResponse:
    """Lead to the person's page and say there that nothing was saved, and who undid the arrival."""
    undone = [str(change) for change in last_changes(page.person) if change.action == "undo_arrival"]
    messages.error(page.request, " ".join([_("Nothing was saved: they are not marked as arrived."), *undone]))
    return redirect(page.person_url())
