"""Where the demonstration's clinics are held."""

from datetime import time
from typing import Any

from accounts.models import Team
from clinics.models import ClinicSession, Venue
from clinics.vaccines import Vaccine
from immunisations.models import Practice

CHILDHOOD = (Vaccine.MMR, Vaccine.MMRV, Vaccine.SIX_IN_ONE)
MEASLES = (Vaccine.MMR, Vaccine.MMRV)

VENUES: dict[str, dict[str, Any]] = {
    "evesham": {
        "name": "Evesham Town Hall",
        "address": "Market Place",
        "town": "Evesham",
        "postcode": "WR11 4RW",
        "room": "The main hall on the ground floor, through the doors on the left",
        "step_free": True,
        "access": "Toilet for disabled people\nParking in the market place",
    },
    "malvern": {
        "name": "Malvern Cube",
        "address": "Albert Road North",
        "town": "Malvern",
        "postcode": "WR14 2YF",
        "room": "The studio, at the end of the corridor",
        "step_free": True,
        "access": "Free parking outside",
        "travel": "5 minutes on foot from the station",
    },
    "worcester": {
        "name": "Horizon Community Centre",
        "address": "Midland Road",
        "town": "Worcester",
        "postcode": "WR5 1DS",
        "room": "The community hall, upstairs, there is a lift",
        "step_free": True,
        "quiet_space": True,
        "access": "Lift to the room",
        "travel": "Bus stop outside",
    },
    "kidderminster": {
        "name": "St George’s Hall",
        "address": "Radford Avenue",
        "town": "Kidderminster",
        "postcode": "DY10 2ES",
        "room": "The large hall, straight on from the entrance",
        "step_free": True,
        "access": "Free parking outside",
    },
    "redditch": {
        "name": "Redditch Library",
        "address": "15 Market Place",
        "town": "Redditch",
        "postcode": "B98 8AR",
        "room": "The meeting room on the ground floor, behind the children’s books",
        "step_free": True,
        "travel": "2 minutes on foot from the bus station",
    },
    "wythall": {
        "name": "Wythall Community House",
        "address": "Silver Street",
        "town": "Wythall",
        "postcode": "B47 6LZ",
        "room": "The front room",
        "access": "One step at the door, with a ramp\nFree parking outside",
    },
    "mosque": {
        "name": "Worcester Central Mosque",
        "kind": Venue.Kind.WORSHIP,
        "address": "Tallow Hill",
        "town": "Worcester",
        "postcode": "WR5 1DB",
        "room": "The education room, entrance on the side",
        "step_free": True,
        "access": "Separate room for women and children",
    },
    "roadside": {
        "name": "Offenham Road site",
        "kind": Venue.Kind.ROADSIDE,
        "address": "Offenham Road",
        "town": "Evesham",
        "postcode": "WR11 8DX",
        "room": "The white van at the entrance to the site",
        "access": "Two steps into the van, or we come to your home on the site",
    },
    "prison": {
        "name": "HMP Hewell, healthcare",
        "kind": Venue.Kind.PRISON,
        "ods_code": "Y04566",
        "address": "Hewell Lane",
        "town": "Redditch",
        "postcode": "B97 6QS",
        "room": "Healthcare, house block 3",
        "access": "Escort needed",
    },
}

LONG_DAY = [(time(9), time(12, 30), 3), (time(13, 30), time(17), 3), (time(17, 30), time(20), 2)]
SHORT_DAY = [(time(10), time(12, 30), 2), (time(13, 30), time(15, 30), 2)]
AFTER_SCHOOL = [(time(15, 30), time(19), 2)]

# Days from today, venue, and what is special about the clinic. The first is today's.
CLINICS: list[tuple[int, str, dict[str, Any]]] = [
    (
        0,
        "evesham",
        {
            "periods": LONG_DAY,
            "vaccines": CHILDHOOD,
            "drop_in_from": time(10),
            "drop_in_until": time(16),
            "for_whom": "Children and young people who may have missed a vaccination, and adults unsure about MMR",
            "languages_spoken": "English, Polish and Romanian",
        },
    ),
    (2, "malvern", {"periods": AFTER_SCHOOL, "vaccines": CHILDHOOD}),
    (
        4,
        "worcester",
        {
            "periods": LONG_DAY,
            "vaccines": CHILDHOOD,
            "drop_in_from": time(13, 30),
            "drop_in_until": time(16, 30),
            "languages_spoken": "English, Urdu and Polish",
            "observation_minutes": 15,
        },
    ),
    (
        6,
        "mosque",
        {
            "periods": [(time(14), time(18), 2)],
            "vaccines": MEASLES,
            "drop_in_from": time(14),
            "drop_in_until": time(17, 30),
            "for_whom": "Everyone is welcome, whether or not you come to the mosque",
            "languages_spoken": "English, Urdu, Punjabi and Arabic",
        },
    ),
    (7, "kidderminster", {"periods": SHORT_DAY, "vaccines": CHILDHOOD}),
    (
        9,
        "redditch",
        {"periods": AFTER_SCHOOL, "vaccines": CHILDHOOD, "drop_in_from": time(16), "drop_in_until": time(18)},
    ),
    (
        11,
        "roadside",
        {
            "periods": [(time(10), time(13), 1)],
            "vaccines": CHILDHOOD,
            "drop_in_from": time(10),
            "drop_in_until": time(13),
            "for_whom": "Families on the site and nearby. You do not need a GP, an address or any papers",
        },
    ),
    (12, "wythall", {"periods": SHORT_DAY, "vaccines": CHILDHOOD}),
    (14, "evesham", {"periods": SHORT_DAY, "vaccines": CHILDHOOD, "languages_spoken": "English and Romanian"}),
    (16, "malvern", {"periods": SHORT_DAY, "vaccines": CHILDHOOD}),
    (21, "worcester", {"periods": SHORT_DAY, "vaccines": CHILDHOOD}),
    (
        3,
        "prison",
        {
            "periods": [(time(9), time(11, 30), 2)],
            "vaccines": MEASLES,
            "who_may_book": ClinicSession.WhoMayBook.CLOSED_LIST,
            "for_whom": "Residents and staff, by wing",
        },
    ),
]


def add_places(team: Team) -> None:
    """Add the venues, and the practices that people are registered with."""
    for venue in VENUES.values():
        Venue.objects.create(team=team, **venue)
    for code, name, postcode in [
        ("M81001", "Vale Surgery (demonstration)", "WR11 4BS"),
        ("M81002", "Abbey Medical Practice (demonstration)", "WR11 4QG"),
        ("M81003", "Severn Valley Practice (demonstration)", "WR14 1AB"),
        ("Y04566", "HMP Hewell", "B97 6QS"),
    ]:
        Practice.objects.create(ods_code=code, name=name, postcode=postcode)
