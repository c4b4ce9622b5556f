"""Check the templates (djlint for what is wrong, djade for their form), or put their form right.

Usage: python scripts/templates.py check|fix
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def templates() -> list[str]:
    """Return every Django template of the project: pages, emails and texts."""
    folders = [ROOT / "templates", *ROOT.glob("*/templates")]
    found = {path for folder in folders for suffix in ("html", "txt") for path in folder.rglob(f"*.{suffix}")}
    return sorted(str(path.relative_to(ROOT)) for path in found)


def main() -> int:
    names = templates()
    if not names:
        return 0
    form = [str(BIN / "djade"), "--target-version", "5.2", *names]
    if sys.argv[1:] == ["fix"]:
        # djade answers 1 where it changed something; that is what was asked.
        subprocess.run(form, cwd=ROOT, check=False)
        return 0
    pages = [name for name in names if name.endswith(".html")]
    lint = subprocess.run([str(BIN / "djlint"), "--lint", "--quiet", *pages], cwd=ROOT, check=False).returncode
    return subprocess.run([*form, "--check"], cwd=ROOT, check=False).returncode or lint


if __name__ == "__main__":
    sys.exit(main())
