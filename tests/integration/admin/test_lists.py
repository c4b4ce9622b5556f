"""Every list and page of the admin: a constant number of queries, one's own team alone, nothing to delete."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from bookings.models import Booking
from tests.integration.walk.world import World, add_those_to_come, make_world
from tests.support.factories import book, child, make_batch, make_session, make_user, make_venue

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
# Who opens which list, besides superusers.
LISTS = {
    Role.COORDINATOR: [
        "clinics_venue",
        "clinics_clinicsession",
        "clinics_product",
        "clinics_batch",
        "clinics_direction",
        "clinics_stockmovement",
        "clinics_coolboxreading",
        "clinics_guideversion",
        "bookings_booking",
        "bookings_healthanswers",
        "bookings_waitinglistentry",
        "bookings_waitinglistoffer",
        "bookings_openingalert",
        "bookings_dropinticket",
        "immunisations_person",
        "immunisations_practice",
        "immunisations_vaccination",
        "immunisations_recordcheck",
        "immunisations_recordsent",
        "immunisations_dosejudgement",
        "messaging_message",
        "messaging_stoprequest",
    ],
    Role.ADMINISTRATOR: [
        "accounts_user",
        "accounts_team",
        "accounts_apitoken",
        "accounts_auditevent",
        "accounts_recordview",
    ],
    Role.PRIVACY_LEAD: ["accounts_auditevent", "accounts_recordview"],
}
ALL = [(role, name) for role, names in LISTS.items() for name in names]


def signed_in(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.users[role])
    return client


def url_of(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


def more_of_everything(world: World) -> None:
    """Three times the rows in every list: whatever a list fetches row by row would show."""
    for number in range(4):
        make_user(world.team, Role.DESK)
        venue = make_venue(world.team)
        session = make_session(venue=venue)
        book(session, child(), child("Bilal"))
        make_batch(world.team, number=f"M{number}")
        make_world_like(world)


def make_world_like(world: World) -> None:
    """Another person of the same team, with a visit, a check and a dose not given."""
    from datetime import date

    from django.utils import timezone

    from accounts.actions import issue_token
    from immunisations.actions import add_person, arrive, judge_doses, record_check, record_not_given
    from immunisations.models import RecordSent, Vaccination

    now = timezone.now()
    person = add_person(
        team=world.team,
        first_name="Caleb",
        last_name=world.marker,
        date_of_birth=date(2020, 1, 1),
        practice=world.practice,
        by=world.users["desk"],
        at=now,
    )
    visit = arrive(session=world.session, person=person, by=world.users["desk"], at=now)
    record_check(
        source="none", outcome="not_available", finding="None", visit=visit, by=world.users["vaccinator"], at=now
    )
    record_not_given(visit=visit, series=["MEASLES"], reason="declined", by=world.users["vaccinator"], at=now)
    entries = [("MMR", date(2021, 3, 1)), ("MMR", date(2021, 3, 4))]
    judge_doses(
        person=person, first=entries[0], second=entries[1], verdict="two_doses", reason="Two stamps",
        by=world.users["vaccinator"], at=now,
    )  # fmt: skip
    # Only doses are marked as sent; a row of another person is all that a list needs.
    RecordSent.objects.create(
        vaccination=Vaccination.objects.get(person=person), to="gp", sent_by=world.users["coordinator"],
        sent_by_name="Cora Ordinator", sent_at=now,
    )  # fmt: skip
    issue_token(user=world.users["desk"], by=None, at=now, source="command")
    marker = f"{world.marker} {uuid.uuid4().hex[:6]}"
    add_those_to_come(marker, world.session, world.appointment, world.users["desk"], at=now)


def queries_of(client: Client, name: str) -> list[str]:
    """The queries of one look at a list which has been looked at before."""
    client.get(url_of(name))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url_of(name)).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.once
@pytest.mark.parametrize("role", LISTS)
def test_a_list_needs_the_same_few_queries_however_long_it_is(role):
    world = make_world("Quokka")
    client = signed_in(world, role)
    few = {name: queries_of(client, name) for name in LISTS[role]}
    more_of_everything(world)
    for name in LISTS[role]:
        many = queries_of(client, name)
        assert len(few[name]) == len(many) <= MOST_QUERIES, "\n".join([name, *many])


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, World]]:
    """Two teams with everything in them, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world("Quokka"), make_world("Wombat")
        transaction.set_rollback(True)


@pytest.mark.once
@pytest.mark.parametrize(("role", "name"), ALL)
def test_a_list_shows_at_most_seven_columns_and_nothing_of_another_team(worlds, role, name):
    world, other = worlds
    page = signed_in(world, role).get(url_of(name))
    text = page.content.decode()
    assert not [word for word in other.words if word in text]
    columns = page.context["cl"].list_display
    assert len([column for column in columns if column != "action_checkbox"]) <= 7
    assert page.context["cl"].result_list, "the team's own rows are there"


TYPED = ["x", "%", "💉", "\u202e", "<script>alert(1)</script>", "9" * 5000, "'\";--"]


@pytest.mark.strict
@pytest.mark.parametrize(("role", "name"), ALL)
def test_whatever_is_typed_into_a_search_box_is_answered(worlds, role, name):
    client = signed_in(worlds[0], role)
    for typed in TYPED:
        page = client.get(url_of(name), {"q": typed})
        assert page.status_code == 200, typed
        assert "<script>alert" not in page.content.decode()


def test_a_search_with_a_nul_is_a_bad_request(worlds):
    assert signed_in(worlds[0], "coordinator").get(url_of("clinics_venue") + "?q=%00").status_code == 400


@pytest.mark.strict
@pytest.mark.parametrize(("role", "name"), ALL)
def test_every_filter_of_a_list_answers(worlds, role, name):
    client = signed_in(worlds[0], role)
    listed = client.get(url_of(name)).context["cl"]
    for chosen in listed.filter_specs:
        for choice in chosen.choices(listed):
            assert client.get(url_of(name) + choice["query_string"]).status_code == 200, choice["query_string"]


@pytest.mark.parametrize(
    ("role", "name", "lookup"),
    [
        (Role.COORDINATOR, "immunisations_person", "last_name__startswith"),
        (Role.COORDINATOR, "immunisations_person", "date_of_birth"),
        (Role.COORDINATOR, "immunisations_vaccination", "person__last_name"),
        (Role.COORDINATOR, "bookings_booking", "contact_name__icontains"),
        (Role.COORDINATOR, "clinics_batch", "expires_on__lt"),
        (Role.ADMINISTRATOR, "accounts_user", "email"),
    ],
)
def test_an_address_filters_a_list_by_its_own_filters_only(worlds, role, name, lookup):
    client = signed_in(worlds[0], role)
    assert client.get(url_of(name), {lookup: "2020-01-01"}).status_code == 400


def test_the_bookings_of_late_are_found_by_an_index():
    world = make_world("Potoroo")
    now = timezone.now()
    # Enough of them that a database which knows its tables would not read them all.
    Booking.objects.bulk_create(
        [
            Booking(
                team=world.team,
                reference=f"{number:010}",
                link_token_hash=f"{number:064}",
                how=Booking.How.WEB,
                submission_id=uuid.uuid4(),
                created_at=now - timedelta(hours=6 * number),
            )
            for number in range(3000)
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bookings_booking")
    since = now - timedelta(days=7)
    plan = Booking.objects.filter(team__in=[world.team.pk], created_at__gte=since).order_by().explain()
    assert "booking_of_team_lately" in plan


def test_the_days_of_a_list_are_gone_through_by_year_month_and_day(worlds):
    client = signed_in(worlds[0], Role.COORDINATOR)
    for chosen in ({"date__year": 2026}, {"date__year": 2026, "date__month": 3}, {"state__exact": "draft"}):
        assert client.get(url_of("clinics_clinicsession"), chosen).status_code == 200


def test_nothing_can_be_deleted_by_anybody():
    world = make_world("Potoroo")
    root = make_user(None, username="root", is_superuser=True)
    client = Client()
    client.force_login(root)
    for model, page in admin.site._registry.items():
        row = model._default_manager.first()
        assert row is not None, model
        url = reverse(
            f"admin:{page.opts.app_label}_{page.opts.model_name}_delete", args=[getattr(row, "public_id", row.pk)]
        )
        assert client.post(url, {"post": "yes"}).status_code == 403, model
        listed = client.get(reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist"))
        assert "delete_selected" not in listed.content.decode()
        assert model._default_manager.filter(pk=row.pk).exists()
    assert world.person.pk


@pytest.mark.parametrize(
    "name", ["immunisations_vaccination", "immunisations_recordcheck", "messaging_message", "clinics_product"]
)
def test_clinical_rows_messages_and_products_are_only_looked_at(worlds, name):
    world = worlds[0]
    client = signed_in(world, Role.COORDINATOR)
    assert client.get(reverse(f"admin:{name}_add")).status_code == 403
    row = {
        "immunisations_vaccination": world.vaccination.public_id,
        "immunisations_recordcheck": world.check.public_id,
        "messaging_message": world.message.public_id,
        "clinics_product": world.batch.product_id,
    }[name]
    url = reverse(f"admin:{name}_change", args=[row])
    page = client.get(url)
    assert page.status_code == 200 and "View " in page.context["title"]
    assert client.post(url, {"note": "changed"}).status_code == 403
