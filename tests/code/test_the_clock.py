"""The clock is read at the edge of the service and handed in; nothing inside asks what time it is."""

import ast
from pathlib import Path

from tests.support.source import LINE, parse, python_files

# Where a request, a command or a framework's own call comes in.
EDGES = {"views", "api", "admin", "management", "templatetags"}
EDGE_FILES = {
    "views.py",
    "api.py",
    "admin.py",
    "middleware.py",
    "authentication.py",
    "adapter.py",
}
# Edges by necessity: whoever calls them has no clock to hand in.
CALLED_BY_A_FRAMEWORK = {
    "accounts/admin_bases/written.py": "what every admin page does",
    "accounts/admin_filters.py": "the filters of admin lists",
    "immunisations/admin_records.py": "the admin of what became of records",
    "accounts/forms/sign_in.py": "allauth calls the form's save itself",
    "accounts/serializers.py": "a field is validated by the API framework",
    "messaging/sender.py": "the worker that runs by itself; its clock is an argument",
}
CLOCKS = {("timezone", "now"), ("timezone", "localdate"), ("timezone", "localtime")}
# Of the machine's own zone, or without one: wrong everywhere.
NAIVE_CLOCKS = {("date", "today"), ("datetime", "today"), ("datetime", "now"), ("datetime", "utcnow")}


def is_edge(path: Path) -> bool:
    return bool(EDGES & set(path.parts) or path.name in EDGE_FILES or path.as_posix() in CALLED_BY_A_FRAMEWORK)


def clocks_read(tree: ast.AST, *, edge: bool) -> list[str]:
    """Return where ``tree`` reads the clock although it may not: called, or handed over as a default."""
    forbidden = NAIVE_CLOCKS if edge else NAIVE_CLOCKS | CLOCKS
    converted = set()
    found = []
    for node in ast.walk(tree):
        # localtime(moment) and localdate(moment) convert; they do not read the clock.
        converts = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"localtime", "localdate"}
        if converts and (node.args or node.keywords):
            converted.add(node.func)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node not in converted:
            owner = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
            if (owner, node.attr) in forbidden:
                found.append(f"line {node.lineno}: {owner}.{node.attr}")
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            found.append(f"line {node.value.lineno}: {node.arg}")
    return found


def test_the_clock_is_read_only_at_the_edge() -> None:
    files = [path for app in LINE for path in python_files(app)]
    wrong = {str(path): found for path in files if (found := clocks_read(parse(path), edge=is_edge(path)))}
    assert not wrong


def test_no_exception_outlives_its_file() -> None:
    files = {path.as_posix() for app in LINE for path in python_files(app)}
    assert set(CALLED_BY_A_FRAMEWORK) <= files


def test_a_planted_clock_is_found() -> None:
    planted = ast.parse(
        "at = timezone.now()\n"
        "made_at = models.DateTimeField(default=timezone.now)\n"
        "on = models.DateField(auto_now_add=True)\n"
        "today = datetime.date.today()\n"
        "day = timezone.localdate()\n"
        "converted = timezone.localtime(at)\n"
    )
    assert len(clocks_read(planted, edge=False)) == 5
    assert clocks_read(planted, edge=True) == ["line 3: auto_now_add", "line 4: date.today"]
