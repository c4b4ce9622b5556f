"""The invented people of the demonstration, as stories: who comes, what their papers say, what becomes of them.

Ages are days before the clinic's day, so that what is due is the same on whatever day the demonstration is loaded.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from bookings.details import Contact


@dataclass(frozen=True)
class Paper:
    """One source that staff looked at: what it shows, each dose as days after birth (or a text) and, where it is not a
    vaccine of ours, its name; and the finding. The papers of one person are one round."""

    source: str
    outcome: str
    finding: str
    how_seen: str = ""
    doses: tuple[tuple[str, int | str] | tuple[str, int | str, str], ...] = ()
    source_name: str = ""
    country: str = ""


@dataclass(frozen=True)
class Somebody:
    """One invented person. ``age`` is in days; ``then`` says how far their day has come.

    ``then`` is one of "expected", "arrived", "checked", "vaccinated", "declined", "unwell", "advice", "check only",
    "cancelled", "missed".
    """

    first_name: str
    last_name: str
    age: int
    sex: str = ""
    then: str = "expected"
    known: bool = False
    nhs_number: bool = False
    postcode: str = ""
    no_fixed_abode: bool = False
    extra_time: bool = False
    gelatine_free: bool = False
    support_needs: str = ""
    papers: tuple[Paper, ...] = ()
    series: str = "MEASLES"


@dataclass(frozen=True)
class Family:
    """People who come together, with whoever booked for them (None: they walk in)."""

    people: tuple[Somebody, ...]
    contact: Contact | None = None
    slot: int = 0
    accompanied_by: str = ""
    accompanied_as: str = ""
    language: str = ""
    tags: tuple[str, ...] = field(default=())


def born(day: date, age: int) -> date:
    """Return the date of birth of somebody who is ``age`` days old on ``day``."""
    return day - timedelta(days=age)


def years(count: float) -> int:
    """Return ``count`` years in days."""
    return int(count * 365.25)


RED_BOOK = "The book itself, at the desk"

TODAY: tuple[Family, ...] = (
    Family(
        (
            Somebody("Amina", "Khan", years(4.1), "female", postcode="WR11 4AA", nhs_number=True, known=True),
            Somebody("Bilal", "Khan", years(6.4), "male", postcode="WR11 4AA", nhs_number=True),
            Somebody("Sana", "Khan", years(1.3), "female", postcode="WR11 4AA"),
        ),
        Contact(
            name="Sara Khan",
            relationship="Mother",
            phone="+447700900982",
            email="sara.khan@example.com",
            spoken_language="Urdu",
            interpreter_needed=True,
        ),
        slot=6,
    ),
    Family(
        (
            Somebody(
                "Maja",
                "Nowak",
                years(3.6),
                "female",
                "vaccinated",
                postcode="WR11 3BB",
                nhs_number=True,
                papers=(
                    Paper(
                        "red_book",
                        "doses_found",
                        "Red book: one MMR on the first birthday. Second dose due.",
                        RED_BOOK,
                        (("6IN1", 56), ("6IN1", 84), ("6IN1", 112), ("MMR", 366)),
                    ),
                    Paper(
                        "gp_record",
                        "doses_found",
                        "GP record agrees with the red book.",
                        "Read on screen",
                        (("MMR", 366),),
                    ),
                ),
            ),
            Somebody(
                "Jan",
                "Nowak",
                years(8.2),
                "male",
                "check only",
                postcode="WR11 3BB",
                nhs_number=True,
                papers=(
                    Paper(
                        "red_book",
                        "doses_found",
                        "Red book: two MMR doses that count. Nothing is due.",
                        RED_BOOK,
                        (("6IN1", 56), ("6IN1", 84), ("6IN1", 112), ("MMR", 370), ("MMR", years(3.4))),
                    ),
                ),
            ),
        ),
        Contact(name="Ewa Nowak", relationship="Mother", phone="+447700900123", spoken_language="Polish"),
        slot=0,
    ),
    Family(
        (
            Somebody(
                "Oliver",
                "Hart",
                years(2.2),
                "male",
                "checked",
                postcode="WR11 2CC",
                nhs_number=True,
                papers=(
                    Paper(
                        "red_book",
                        "doses_found",
                        "Red book: MMR given 1 day before the first birthday, which does not count.",
                        RED_BOOK,
                        (("6IN1", 57), ("6IN1", 86), ("6IN1", 115), ("MMR", 364)),
                    ),
                ),
            ),
        ),
        Contact(name="James Hart", relationship="Father", phone="+447700900456", email="j.hart@example.com"),
        slot=3,
    ),
    Family(
        (
            Somebody(
                "Ioana",
                "Popescu",
                years(5.1),
                "female",
                "arrived",
                known=True,
                papers=(
                    Paper(
                        "overseas",
                        "doses_found",
                        "Romanian vaccination card: one MMR, day not legible.",
                        "Photo of the card",
                        (("MMR", "month:13"), ("6IN1", 62), ("6IN1", 124)),
                    ),
                    Paper(
                        "gp_record",
                        "doses_found",
                        "GP record shows two MMR doses, the card one. They disagree: ask the practice.",
                        "Read out on the phone",
                        (("MMR", 400), ("MMR", years(4))),
                    ),
                ),
                support_needs="Very anxious about needles",
            ),
            Somebody("Andrei", "Popescu", years(0.9), "male", "arrived"),
        ),
        Contact(
            name="Elena Popescu",
            relationship="Mother",
            phone="+447700900789",
            spoken_language="Romanian",
            interpreter_needed=True,
        ),
        slot=4,
    ),
    Family(
        (Somebody("Noah", "Bennett", years(3.5), "male", "declined", postcode="WR10 1DD", nhs_number=True),),
        Contact(name="Laura Bennett", relationship="Mother", email="laura.b@example.com"),
        slot=1,
    ),
    Family(
        (Somebody("Isla", "Morgan", years(3.4), "female", "unwell", postcode="WR10 2EE"),),
        Contact(name="Megan Morgan", relationship="Mother", phone="+447700900321"),
        slot=2,
    ),
    Family(
        (Somebody("Zayd", "Hussain", years(4.8), "male", gelatine_free=True, postcode="WR11 1FF"),),
        Contact(name="Yusuf Hussain", relationship="Father", phone="+447700900654", spoken_language="Urdu"),
        slot=9,
    ),
    Family(
        (
            Somebody(
                "Poppy",
                "Clarke",
                years(7.3),
                "female",
                extra_time=True,
                support_needs="Autistic; a quiet room and extra time help",
                postcode="WR11 7GG",
            ),
        ),
        Contact(name="Dawn Clarke", relationship="Foster carer", phone="+447700900222"),
        slot=12,
    ),
    Family(
        (
            Somebody(
                "Lily",
                "Price",
                years(3.9),
                "female",
                "vaccinated",
                no_fixed_abode=True,
                papers=(Paper("none", "not_available", "No record anywhere: treat as not vaccinated."),),
            ),
            Somebody(
                "Johnny",
                "Price",
                years(1.6),
                "male",
                "vaccinated",
                no_fixed_abode=True,
                papers=(Paper("none", "not_available", "No record anywhere: treat as not vaccinated."),),
            ),
        ),
        accompanied_by="Mary Price",
        accompanied_as="Grandmother",
    ),
    Family(
        (
            Somebody(
                "Ella",
                "Whitlock",
                years(5.4),
                "female",
                "arrived",
                known=True,
                nhs_number=True,
                postcode="WR11 8LL",
                papers=(
                    Paper(
                        "red_book",
                        "doses_found",
                        "The records differ: the red book has MMR two days before the GP record. Source: red book and "
                        "GP record. CHIS: nothing recorded.",
                        RED_BOOK,
                        (("6IN1", 57), ("6IN1", 85), ("6IN1", 113), ("MMR", 400)),
                    ),
                    Paper(
                        "gp_record",
                        "doses_found",
                        "",
                        "Read on screen",
                        (("6IN1", 57), ("6IN1", 85), ("6IN1", 113), ("MMR", 402), ("MMR", years(3.5))),
                    ),
                    Paper("chis", "nothing_recorded", "", "Read on screen", source_name="CHIS file of this month"),
                ),
            ),
        ),
        accompanied_by="Ruth Whitlock",
        accompanied_as="Mother",
    ),
    Family(
        (
            Somebody(
                "Danior",
                "Lee",
                years(6.2),
                "male",
                "arrived",
                no_fixed_abode=True,
                papers=(
                    Paper(
                        "overseas",
                        "doses_found",
                        "A card from Romania with months and years only: measles alone once, which does not count as "
                        "MMR, and polio by mouth.",
                        "The card itself",
                        (
                            ("OPV", "month:2", "VPO"),
                            ("OPV", "month:4", "VPO"),
                            ("5IN1", "year:1"),
                            ("MEASLES_ONLY", "year:1", "Rujeolic"),
                            ("OTHER", "month:0", "BCG"),
                        ),
                        source_name="Card from Romania",
                        country="Romania",
                    ),
                    Paper("gp_record", "not_available", "", "Registered nowhere"),
                ),
            ),
            Somebody(
                "Syeira",
                "Lee",
                years(2.3),
                "female",
                "arrived",
                no_fixed_abode=True,
                papers=(
                    Paper(
                        "overseas",
                        "doses_found",
                        "A card from Romania: MMR in one month, day not legible.",
                        "The card itself",
                        (("6IN1", "month:2"), ("6IN1", "month:4"), ("MMR", "month:13", "ROR")),
                        source_name="Card from Romania",
                        country="Romania",
                    ),
                ),
            ),
        ),
        accompanied_by="Vano Lee",
        accompanied_as="Father",
        language="Romani",
    ),
    Family(
        (Somebody("Grace", "Adeyemi", years(29), "female", "advice", postcode="WR11 5HH"),),
        accompanied_by="",
    ),
    Family(
        (Somebody("Tomasz", "Zielinski", years(34), "male", "arrived"),),
        language="Polish",
    ),
    Family(
        (Somebody("Freya", "Walker", years(3.4), "female", "cancelled", postcode="WR10 3JJ"),),
        Contact(name="Hannah Walker", relationship="Mother", email="hannah.w@example.com"),
        slot=5,
    ),
    Family(
        (
            Somebody("Leo", "Fisher", years(1.55), "male", postcode="WR11 6KK", nhs_number=True, known=True),
            Somebody("Ava", "Fisher", years(3.45), "female", postcode="WR11 6KK", nhs_number=True),
        ),
        Contact(name="Chris Fisher", relationship="Father", phone="+447700900888", email="chris.f@example.com"),
        slot=15,
    ),
)

# A clinic last week, over and counted.
LAST_WEEK: tuple[Family, ...] = tuple(
    Family(
        (
            Somebody(
                first,
                last,
                years(age),
                sex,
                then,
                postcode="WR14 2AA",
                nhs_number=number % 3 != 0,
                papers=papers,
            ),
        ),
        Contact(name=f"{parent} {last}", relationship="Mother", phone=f"+4477009006{number:02}"),
        slot=number,
    )
    for number, (first, last, parent, age, sex, then, papers) in enumerate(
        [
            (
                first,
                last,
                parent,
                age,
                sex,
                then,
                (Paper("gp_record", "nothing_recorded", "GP record: no measles vaccine recorded.", "Read on screen"),)
                if then != "missed"
                else (),
            )
            for first, last, parent, age, sex, then in [
                ("Ella", "Brooks", "Anna", 3.5, "female", "vaccinated"),
                ("Harry", "Brooks", "Anna", 5.2, "male", "vaccinated"),
                ("Mohammed", "Ali", "Fatima", 4.4, "male", "vaccinated"),
                ("Ruby", "Foster", "Jane", 1.7, "female", "vaccinated"),
                ("Alfie", "Turner", "Kate", 9.1, "male", "vaccinated"),
                ("Daisy", "Palmer", "Helen", 11.3, "female", "vaccinated"),
                ("Oscar", "Reid", "Nina", 2.4, "male", "declined"),
                ("Matei", "Ionescu", "Ana", 3.8, "male", "vaccinated"),
                ("Evie", "Marsh", "Paula", 6.0, "female", "check only"),
                ("Archie", "Dunn", "Sophie", 3.9, "male", "missed"),
                ("Willow", "Grant", "Emma", 1.5, "female", "missed"),
                ("Aaliyah", "Begum", "Nasreen", 4.9, "female", "vaccinated"),
            ]
        ]
    )
)

# The residents of the prison clinic of last week: offered to everyone, declined by some.
PRISON: tuple[Family, ...] = tuple(
    Family(
        (
            Somebody(
                first,
                last,
                years(age),
                "male",
                then,
                papers=(Paper("none", "not_available", "No record anywhere: treat as not vaccinated."),),
            ),
        ),
    )
    for first, last, age, then in [
        ("Dean", "Marlow", 31, "vaccinated"),
        ("Kyle", "Osborne", 24, "vaccinated"),
        ("Marcus", "Bright", 42, "vaccinated"),
        ("Piotr", "Lis", 37, "vaccinated"),
        ("Liam", "Curtis", 28, "declined"),
        ("Jerome", "Sterling", 33, "vaccinated"),
        ("Ryan", "Pike", 22, "vaccinated"),
        ("Stefan", "Dobre", 45, "declined"),
    ]
)
