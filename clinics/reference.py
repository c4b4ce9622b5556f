"""Load the reviewed reference data of this room after every migration."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db import connections

DATA = Path(__file__).parent / "data"


def products() -> list[dict[str, Any]]:
    """Return the reviewed products as rows of Product, each with the source of the list it stands in."""
    with (DATA / "products.toml").open("rb") as file:
        listed = tomllib.load(file)
    reviewed = f"reviewed {listed['reviewed_on']:%d %B %Y}"
    return [
        {
            "code": row["code"],
            "name": row["name"],
            "maker": row["maker"],
            "vaccine": row["vaccine"],
            "contains_gelatine": row["gelatine"],
            "dmd_code": row["dmd_code"],
            "volume_ml": Decimal(row["volume_ml"]),
            "route": row.get("route", "intramuscular"),
            "from_age": row.get("from_age", ""),
            "under_age": row.get("under_age", ""),
            "source": "; ".join([listed["source"], *([row["ages"]] if "ages" in row else []), reviewed]),
            "in_use": row.get("in_use", True),
        }
        for row in listed["product"]
    ]


def load_products(sender: AppConfig, using: str, **kwargs: object) -> None:
    """Write the reviewed products to the database: new ones added, changed ones updated, none removed."""
    from clinics.models import Product

    connection = connections[using]
    with connection.cursor() as cursor:
        if Product._meta.db_table not in connection.introspection.table_names(cursor):
            return
    rows = [Product(**row) for row in products()]
    Product.objects.using(using).bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[key for key in products()[0] if key != "code"],
    )
