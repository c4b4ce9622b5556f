"""Dependencies: each says what it is for, is locked with hashes, and comes from the public index alone."""

import re
import tomllib
from typing import Any
from urllib.parse import urlsplit

from tests.support.source import ROOT

# The index and the store of the files that it lists.
PUBLIC = {"py" + "pi.org", "files.pythonhosted" + ".org"}
URL = re.compile(r"https?://[^\s\"'\\]+")
DEPENDENCY = re.compile(r"""^\s*"[A-Za-z0-9_.-]+(\[[^\]]*\])?[<>=~!,. 0-9]*",""")
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)((?: *;[^\\]*)?)((?: *\\\n +--hash=sha256:[0-9a-f]{64})+)", re.MULTILINE)


def other_hosts(text: str) -> set[str]:
    """Return every host that ``text`` fetches from, other than the public index."""
    return {urlsplit(url).hostname or url for url in URL.findall(text)} - PUBLIC


def without_reason(text: str) -> list[str]:
    """Return the dependency lines of a pyproject file that do not say what they are for."""
    lines = text.split("[dependency-groups]")[0].split("dependencies = [")[-1].splitlines()
    lines += text.split("[dependency-groups]")[-1].split("\n[")[0].splitlines()
    return [line for line in lines if DEPENDENCY.match(line) and not re.search(r",\s*# \w.{4,}", line)]


def pinned(text: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Return each package of a requirements file with its version and hashes."""
    return {
        match[1]: (match[2], frozenset(re.findall(r"sha256:[0-9a-f]{64}", match[4]))) for match in PINNED.finditer(text)
    }


def locked(lock: dict[str, Any], *groups: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Return what the lock file says must be installed for the project and ``groups``, as ``pinned`` does."""
    packages = {package["name"]: package for package in lock["package"]}
    project = packages["popup-clinics"]
    wanted = list(project["dependencies"])
    for group in groups:
        wanted += project["dev-dependencies"][group]
    seen: set[tuple[str, str]] = set()
    while wanted:
        one = wanted.pop()
        for extra in ["", *one.get("extra", [])]:
            if (one["name"], extra) not in seen:
                seen.add((one["name"], extra))
                package = packages[one["name"]]
                wanted += package.get("optional-dependencies", {}).get(extra, []) if extra else []
                wanted += package.get("dependencies", []) if not extra else []
    result = {}
    for name in {name for name, extra in seen}:
        package = packages[name]
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        result[name] = (package["version"], frozenset(file["hash"] for file in files))
    return result


def read(name: str) -> str:
    return (ROOT / name).read_text()


def test_only_the_public_index_is_named() -> None:
    for name in ("uv.lock", "requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        assert not other_hosts(read(name)), name


def test_every_dependency_says_what_it_is_for() -> None:
    assert len(re.findall(DEPENDENCY.pattern, read("pyproject.toml"), re.MULTILINE)) > 20
    assert not without_reason(read("pyproject.toml"))


def test_the_requirements_are_what_the_lock_says() -> None:
    lock = tomllib.loads(read("uv.lock"))
    assert pinned(read("requirements.txt")) == locked(lock)
    assert pinned(read("requirements-dev.txt")) == locked(lock, "dev")


def test_the_lock_is_of_these_dependencies() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    metadata = next(p for p in tomllib.loads(read("uv.lock"))["package"] if p["name"] == "popup-clinics")["metadata"]
    bare = re.compile(r"^[a-z0-9-]+")
    asked = {bare.match(line.lower().replace("_", "-"))[0] for line in project["project"]["dependencies"]}
    assert asked == {one["name"] for one in metadata["requires-dist"]}
    developing = {bare.match(line.lower().replace("_", "-"))[0] for line in project["dependency-groups"]["dev"]}
    assert developing == {one["name"] for one in metadata["requires-dev"]["dev"]}


def test_planted_faults_are_found() -> None:
    assert other_hosts('url = "https://mirror.example/simple"') == {"mirror.example"}
    planted = (
        'dependencies = [\n    "django>=5",   # the framework of it all\n    "leftpad>=1",\n]\n[dependency-groups]\n'
    )
    assert without_reason(planted) == ['    "leftpad>=1",']
    old = "one==1.0 \\\n    --hash=sha256:" + "a" * 64 + "\n"
    assert pinned(old) == {"one": ("1.0", frozenset({"sha256:" + "a" * 64}))}
