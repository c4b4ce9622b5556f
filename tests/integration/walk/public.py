"""What the public reaches, and what is said about the service itself."""

from typing import Any

from tests.integration.walk.clinic_day import slip
from tests.integration.walk.table import Entry, public
from tests.integration.walk.world import World


def draft(world: World) -> dict[str, Any]:
    """Somebody else's unfinished booking: an address alone opens nothing."""
    return {"draft": world.draft.public_id}


def drafted_person(world: World) -> dict[str, Any]:
    """The first person of somebody else's unfinished booking."""
    return {**draft(world), "number": 1}


# A browser without the draft's cookie is led to where answers are no longer kept, and sees none.
NOT_THEIRS = (302, 404)

TABLE: dict[str, Entry] = {
    # Names nobody; a link of nobody's is tried elsewhere.
    "queue-place": public(arguments=lambda world: {"token": slip(world).token}),
    "healthz": public(),
    "readyz": public(),
    "start": public(),
    "about": public(),
    "clinic-list": public(),
    "privacy": public(),
    "guide-list": public(),
    "what-is-needed": public(),
    "guide": public(arguments=lambda world: {"slug": "privacy"}),
    "clinic-detail": public(arguments=lambda world: {"slug": world.session.slug}),
    "book": public(200, 302, 405),
    "answers-clear": public(200, 302, 405),
    "answers-cleared": public(),
    **{
        name: public(*NOT_THEIRS, arguments=drafted_person)
        for name in (
            "book-name",
            "book-date-of-birth",
            "book-approximate-birth",
            "book-check-age",
            "book-remove",
            "book-needs",
            "book-wanted",
            "book-home",
            "book-gp",
            "book-nhs-number",
        )
    },
    **{
        name: public(*NOT_THEIRS, arguments=draft)
        for name in (
            "book-people",
            "book-clinic",
            "book-too-young",
            "book-gelatine",
            "book-language",
            "book-help",
            "book-my-needs",
            "book-time",
            "book-about-you",
            "book-contact",
            "book-check",
            "booking-booked",
            "booking-booked-calendar",
        )
    },
    "book-day": public(*NOT_THEIRS, arguments=lambda world: {**draft(world), "venue": world.venue.public_id}),
    "booking-find": public(),
    # The link in a message opens its booking for whoever holds it.
    "booking-link": public(200, 302, arguments=lambda world: {"token": world.link_token}),
    # Whoever has not found a booking first is led to where one does.
    "booking-manage": public(302),
    "booking-calendar": public(302),
    **{
        name: public(302)
        for name in (
            "booking-late",
            "booking-card",
            "booking-contact",
            "booking-change",
            "booking-add",
            "booking-health",
        )
    },
    **{
        name: public(302, arguments=draft)
        for name in (
            "booking-new-day",
            "booking-new-clinic",
            "booking-new-time",
            "booking-new-check",
            "booking-add-name",
            "booking-add-birth",
            "booking-add-check-age",
            "booking-add-help",
            "booking-add-gelatine",
            "booking-health-check",
        )
    },
    "booking-health-question": public(302, arguments=drafted_person),
    "booking-cancel-all": public(302),
    "booking-cancel": public(302, arguments=lambda world: {"appointment": world.appointment.public_id}),
}
