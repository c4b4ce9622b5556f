"""Another team, next to the demonstration's own, with three people: whom its staff find in an emergency alone."""

from datetime import date, time, timedelta

from accounts.models import Membership, Role, Team, User
from clinics.actions import free_slug, publish_session, save_periods, wall_time
from clinics.models import ClinicSession, VaccineOffer, Venue
from clinics.vaccines import Vaccine
from immunisations.actions import FoundDose, add_person, arrive, end_visit, record_check
from immunisations.models import RecordCheck

TEAM = "Wye and Lugg immunisation team"
# Their NHS numbers are of the range that is never issued.
PEOPLE: list[tuple[str, str, date, str, str, list[tuple[str, date]]]] = [
    ("Owen", "Price", date(2020, 3, 27), "9990009996", "HR4 9AR", [("MMR", date(2021, 4, 2))]),
    ("Gwen", "Price", date(2022, 8, 9), "9990010005", "HR4 9AR", [("6IN1", date(2022, 10, 11))]),
    ("Marek", "Wolski", date(2018, 1, 15), "9990010013", "HR2 6JT", []),
]


def add_neighbours(*, today: date, source: str) -> None:
    """Add the team, unless it is there. Nobody signs in for it: its nurse has no password."""
    if Team.objects.filter(name=TEAM).exists():
        return
    team = Team.objects.create(
        name=TEAM,
        organisation="Wye and Lugg Community Trust (demonstration)",
        ods_code="R2B",
        phone="01632 960 200",
        phone_hours="Monday to Friday, 9am to 5pm",
    )
    nurse = User.objects.create_user(username="wye-nurse", password=None, first_name="Nesta", last_name="Howells")
    Membership.objects.create(user=nurse, team=team, role=Role.SENIOR_NURSE)
    venue = Venue.objects.create(
        team=team,
        name="Leominster Priory Hall",
        kind=Venue.Kind.HALL,
        address="Church Street",
        town="Leominster",
        postcode="HR6 8NH",
    )
    on = today - timedelta(days=9)
    then = wall_time(on, time(10, 30))
    before = then - timedelta(days=20)
    session = ClinicSession.objects.create(
        team=team, venue=venue, date=on, name="Leominster clinic", slug=free_slug(town=venue.town, day=on)
    )
    VaccineOffer.objects.bulk_create([VaccineOffer(session=session, vaccine=vaccine) for vaccine in (Vaccine.MMR,)])
    save_periods(session=session, periods=[(time(10), time(12), 1)], by=nurse, at=before, source=source)
    session = publish_session(session=session, by=nurse, at=before, source=source)
    for first_name, last_name, born, nhs_number, postcode, doses in PEOPLE:
        person = add_person(
            team=team,
            first_name=first_name,
            last_name=last_name,
            date_of_birth=born,
            nhs_number=nhs_number,
            postcode=postcode,
            by=nurse,
            at=then,
            source=source,
        )
        visit = arrive(session=session, person=person, by=nurse, at=then, source=source)
        record_check(
            visit=visit,
            source=RecordCheck.Source.RED_BOOK,
            outcome=RecordCheck.Outcome.DOSES_FOUND if doses else RecordCheck.Outcome.NOTHING_RECORDED,
            finding="As the red book shows." if doses else "The red book has no page filled in.",
            doses=[FoundDose(vaccine, day.isoformat()) for vaccine, day in doses],
            by=nurse,
            at=then,
        )
        end_visit(visit=visit, by=nurse, at=then)
