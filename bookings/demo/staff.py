"""The team of the demonstration, and a sign-in for each role in it."""

from accounts.models import Membership, Role, Team, User

# Printed for everybody to see: the demonstration holds nothing that is not invented.
PASSWORD = "popup-clinics-demo"  # noqa: S105
TEAM = "Vale and Severn immunisation team"

PEOPLE: list[tuple[str, str, str, str]] = [
    ("coordinator", "Carys", "Hughes", Role.COORDINATOR),
    ("nurse", "Rosa", "Okafor", Role.VACCINATOR),
    ("senior", "Margaret", "Ellis", Role.SENIOR_NURSE),
    ("desk", "Tom", "Baker", Role.DESK),
    ("analyst", "Priya", "Nair", Role.ANALYST),
    ("admin", "Alex", "Stone", Role.ADMINISTRATOR),
    ("privacy", "Wen", "Clarke", Role.PRIVACY_LEAD),
]


def add_team() -> Team:
    """Add the team, without anybody in it."""
    return Team.objects.create(
        name=TEAM,
        organisation="Vale and Severn Health and Care Trust (demonstration)",
        ods_code="R1A",
        phone="01632 960 001",
        email="clinics@example.com",
        phone_hours="Monday to Friday, 8am to 6pm",
    )


def add_people(team: Team) -> None:
    """Add whoever is not there yet: a demonstration from before a role was added gets its sign-in too."""
    there = set(User.objects.filter(memberships__team=team).values_list("username", flat=True))
    for username, first_name, last_name, role in PEOPLE:
        if username in there:
            continue
        user = User.objects.create_user(
            username=username,
            password=PASSWORD,
            first_name=first_name,
            last_name=last_name,
            email=f"{username}@example.com" if role == Role.PRIVACY_LEAD else "",
        )
        Membership.objects.create(user=user, team=team, role=role)


def sign_ins() -> list[str]:
    """Return the lines that tell a newcomer how to sign in."""
    lines = [f"Demonstration sign-ins, all with the password {PASSWORD}:"]
    lines += [f"  {username:<12} {Role(role).label}, {first} {last}" for username, first, last, role in PEOPLE]
    return lines
