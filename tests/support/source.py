"""The project's own files, for tests about the code."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# The line in which the rooms stand: each imports, and points foreign keys, only to those before it.
LINE = ["nhsuk", "accounts", "messaging", "clinics", "immunisations", "bookings"]


def tracked_files() -> list[Path]:
    """Return every file of the project, relative to its root: what git tracks or would, where this is a checkout."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\n")
        names = [Path(name) for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        left_out = {".venv", "var", "__pycache__", ".git"}
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        names = [path for path in names if not left_out & set(path.parts)]
    return sorted(path for path in names if (ROOT / path).is_file())


def python_files(app: str) -> list[Path]:
    """Return the Python files of an app, relative to the root, without its migrations."""
    files = (ROOT / app).rglob("*.py")
    return sorted(path.relative_to(ROOT) for path in files if "migrations" not in path.parts)


def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a file given relative to the root."""
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def imported_modules(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and full name of every module imported anywhere in ``tree``, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.lineno, node.module
