"""The apps form one line: each knows only those on its left, by import, by foreign key and by reverse name."""

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model
from django.test.utils import isolate_apps

from tests.support.source import LINE, ROOT, imported_modules, parse, python_files

# Calls whose strings and keywords name fields across relations.
QUERY_CALLS = {
    "annotate", "aggregate", "exclude", "filter", "get", "only", "order_by", "prefetch_related", "select_related",
    "update", "values", "values_list", "Count", "Exists", "F", "Max", "Min", "OuterRef", "Prefetch", "Q", "Sum",
}  # fmt: skip


def to_the_right_of(app: str) -> set[str]:
    return set(LINE[LINE.index(app) + 1 :])


def wrong_imports(app: str, tree: ast.AST) -> list[str]:
    """Return what ``tree``, a file of ``app``, imports from an app on its right."""
    wrong = to_the_right_of(app)
    return [f"line {line}: {name}" for line, name in imported_modules(tree) if name.split(".")[0] in wrong]


def wrong_relations(models: Iterable[type[Model]]) -> list[str]:
    """Return the foreign keys of ``models`` that point to an app on the right of their own."""
    return [
        f"{model.__name__}.{field.name} -> {field.related_model._meta.label}"
        for model in models
        if model._meta.app_label in LINE
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and isinstance(field.related_model, type)
        if field.related_model._meta.app_label in to_the_right_of(model._meta.app_label)
    ]


def reverse_names() -> dict[str, set[str]]:
    """Return, for each app, the names that apps on its right put on the models of this or a further left one."""
    names: dict[str, set[str]] = {app: set() for app in LINE}
    for model in apps.get_models():
        owner = model._meta.app_label
        for field in model._meta.get_fields() if owner in LINE else []:
            if not field.is_relation or field.auto_created or field.related_model._meta.app_label in {owner, None}:
                continue
            accessor = field.remote_field.get_accessor_name()
            if accessor and not accessor.endswith("+"):
                for app in LINE[: LINE.index(owner)]:
                    names[app] |= {accessor, field.related_query_name()}
    return names


def defined_names(tree: ast.AST) -> set[str]:
    """Return the names of attributes, functions and parameters that ``tree`` itself defines."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                names |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
                names |= {n.attr for n in ast.walk(target) if isinstance(n, ast.Attribute)}
        elif isinstance(node, ast.keyword) and node.arg == "related_name" and isinstance(node.value, ast.Constant):
            names.add(str(node.value.value))
    return names


def wrong_reverse_names(tree: ast.AST, forbidden: set[str]) -> list[str]:
    """Return where ``tree`` uses one of ``forbidden`` as an attribute or inside a query."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in forbidden:
            found.append(f"line {node.lineno}: .{node.attr}")
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in QUERY_CALLS:
                words = [k.arg for k in node.keywords if k.arg]
                words += [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                found += [f"line {node.lineno}: {word}" for word in words if forbidden & set(word.split("__"))]
    return found


@pytest.mark.parametrize("app", LINE)
def test_an_app_imports_only_from_its_left(app: str) -> None:
    wrong = {str(path): found for path in python_files(app) if (found := wrong_imports(app, parse(path)))}
    assert not wrong


def test_only_the_line_and_the_configuration_are_apps() -> None:
    found = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert found == set(LINE)


def test_foreign_keys_point_only_to_the_left() -> None:
    assert not wrong_relations(apps.get_models())


@pytest.mark.parametrize("app", LINE[:-1])
def test_a_reverse_name_is_used_only_by_the_app_that_gave_it(app: str) -> None:
    trees = {path: parse(path) for path in python_files(app)}
    own = set().union(*map(defined_names, trees.values()))
    own |= {field.name for model in apps.get_app_config(app).get_models() for field in model._meta.fields}
    forbidden = reverse_names()[app] - own
    wrong = {str(path): found for path, tree in trees.items() if (found := wrong_reverse_names(tree, forbidden))}
    assert not wrong


def test_a_planted_import_to_the_right_is_found() -> None:
    planted = (
        "def book():\n    from bookings.actions import make_booking\nimport immunisations.models as m\nimport clinics"
    )
    assert len(wrong_imports("clinics", ast.parse(planted))) == 2
    assert not wrong_imports("bookings", ast.parse(planted))


@isolate_apps("clinics", "bookings")
def test_a_planted_foreign_key_to_the_right_is_found() -> None:
    from django.db import models

    class Planted(models.Model):
        booking = models.ForeignKey("bookings.Later", on_delete=models.PROTECT)

        class Meta:
            app_label = "clinics"

    class Later(models.Model):
        earlier = models.ForeignKey(Planted, on_delete=models.PROTECT)

        class Meta:
            app_label = "bookings"

    assert wrong_relations([Planted, Later]) == ["Planted.booking -> bookings.Later"]


def test_a_planted_reverse_name_is_found() -> None:
    assert "appointments" in reverse_names()["clinics"]
    assert "appointments" not in reverse_names()["bookings"]
    planted = (
        "session.appointments.count()\nqs.filter(appointments__state='booked')\nqs.prefetch_related('appointments')"
    )
    assert len(wrong_reverse_names(ast.parse(planted), {"appointments"})) == 3
    assert not wrong_reverse_names(ast.parse("appointments = qs.filter(state='appointments')"), {"appointments"})


def test_every_file_of_an_app_is_read() -> None:
    assert Path("bookings/apps.py") in python_files("bookings")
