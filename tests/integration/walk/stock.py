"""Co-ordinating and stock: the team's store, one batch, one clinic's stock."""

from typing import Any

from tests.integration.walk.table import COORDINATOR, SENIOR, VACCINATOR, Entry, staff
from tests.integration.walk.world import World

KEEPERS = [VACCINATOR, SENIOR, COORDINATOR]
LEADS = [SENIOR, COORDINATOR]


def batch(world: World) -> dict[str, Any]:
    """The batch."""
    return {"batch": world.batch.public_id}


def clinic(world: World) -> dict[str, Any]:
    """The clinic."""
    return {"session": world.session.public_id}


def counted(world: World) -> dict[str, Any]:
    """The delivery of the batch."""
    return {"movement": world.batch.movements.get(kind="received").public_id}


TABLE: dict[str, Entry] = {
    "coordinate": staff(LEADS),
    "stock": staff(KEEPERS),
    "stock-receive": staff(KEEPERS),
    "stock-batch": staff(KEEPERS, arguments=batch),
    "stock-waste": staff(KEEPERS, arguments=batch),
    "stock-count-right": staff(KEEPERS, arguments=counted),
    "stock-quarantine": staff(LEADS, arguments=batch),
    "stock-release": staff(LEADS, arguments=batch),
    "batch-recall": staff(LEADS, arguments=batch),
    "batch-recall-file": staff(LEADS, arguments=batch),
    "clinic-stock": staff(KEEPERS, arguments=clinic),
    "clinic-stock-take": staff(KEEPERS, arguments=clinic),
    "clinic-stock-waste": staff(KEEPERS, arguments=clinic),
    "clinic-stock-count": staff(KEEPERS, arguments=clinic),
    "clinic-stock-temperature": staff(KEEPERS, arguments=clinic),
    # Nothing of it is held: back to the clinic's stock.
    "clinic-stock-settle": staff(LEADS, 302, arguments=lambda world: {**clinic(world), **batch(world)}),
    "pack-list": staff(KEEPERS, arguments=clinic),
}
