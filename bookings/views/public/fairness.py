"""Wide limits on what the public makes, and kind words for whoever meets one."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.addresses import client_address
from bookings import limits


def may_hold(request: HttpRequest, at: datetime) -> bool:
    """Count times that are about to be kept, and return whether one more may be, from where the request comes."""
    return limits.allows(limits.HOLDS_FROM_ADDRESS, client_address(request), at=at)


def may_be_quick(request: HttpRequest, at: datetime) -> bool:
    """Count a journey that was quicker than people are, and return whether it is one of the few of that address."""
    return limits.allows(limits.QUICK_FROM_ADDRESS, client_address(request), at=at)


def may_book(request: HttpRequest, contacts: Sequence[str], at: datetime) -> bool:
    """Count a booking that is about to be made, and return whether one more may be: from there, and for its contacts.

    ``contacts`` are an email address and a number, "" for none.
    """
    counted = [limits.allows(limits.BOOKINGS_FROM_ADDRESS, client_address(request), at=at)]
    counted += [limits.allows(limits.BOOKINGS_OF_CONTACT, each, at=at) for each in contacts]
    return all(counted)


def may_wait(request: HttpRequest, contacts: Sequence[str], at: datetime) -> bool:
    """Count somebody who is about to join the waiting list, as ``may_book`` does."""
    counted = [limits.allows(limits.WAITS_FROM_ADDRESS, client_address(request), at=at)]
    counted += [limits.allows(limits.WAITS_OF_CONTACT, each, at=at) for each in contacts]
    return all(counted)


def too_many(request: HttpRequest) -> HttpResponse:
    """429: more came from one place, or for one contact, than people make. Answers are kept."""
    return render(request, "bookings/too_much.html", {"back_url": reverse("clinic-list")}, status=429)
