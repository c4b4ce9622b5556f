"""What is shipped speaks of the project alone and runs on any machine."""

import re

from tests.support.source import ROOT, tracked_files

# Built from pieces, so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:" + "|".join(["root", "home", "work", "farm", "Users"]) + r")/[\w.-]+")
UNFINISHED = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|XX" + "X|NotImplemented" + r"Error)\b")
TEXT = {".py", ".md", ".toml", ".html", ".txt", ".js", ".css", ".yml", ".yaml", ".json", ".sh", ".jinja", ""}
VENDORED = ("static/nhsuk/", "static/jsqr/jsQR.js", "static/jsqr/LICENSE", "uv.lock", "requirements")


def texts() -> dict[str, str]:
    """Return the text of each of our own text files."""
    files = [path for path in tracked_files() if path.suffix in TEXT and not path.as_posix().startswith(VENDORED)]
    return {path.as_posix(): (ROOT / path).read_text() for path in files}


def machine_paths(text: str) -> list[str]:
    return MACHINE_PATH.findall(text)


def unfinished(text: str) -> list[str]:
    return UNFINISHED.findall(text)


def test_no_file_names_a_path_of_one_machine() -> None:
    assert not {name: found for name, text in texts().items() if (found := machine_paths(text))}


def test_nothing_is_left_unfinished() -> None:
    assert not {name: found for name, text in texts().items() if (found := unfinished(text))}


def test_planted_faults_are_found() -> None:
    assert machine_paths("open('/" + "home/rosa/data.csv')")
    assert not machine_paths("https://www.example.org/" + "work/with-us and templates/" + "home/page.html")
    assert unfinished("# TO" + "DO: later")
    assert len(texts()) > 50
