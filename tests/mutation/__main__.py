"""Change the schedule in every way mutmut knows, and see which changes no test of it notices.

The schedule and its tests are copied to a folder of their own, for they need neither Django nor a database. First the
golden cases try each change, which takes a fraction of a second; what they let live is tried by the property tests,
with fewer examples than in the suite and always the same ones. Ends with 1 where more than 10 in 100 are alive.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MUTMUT = "mutmut==3.8.1"
TOOL = ROOT / "var" / "mutmut"
FOLDER = ROOT / "var" / "mutation"
TESTS = Path("tests/unit/immunisations/schedule")
CASES = (
    "test_cases.py",
    "test_half_known.py",
    "test_duplicates.py",
    "test_plans.py",
    "test_report.py",
    "test_rules.py",
    "test_rulebook.py",
    "test_dates.py",
)
PROPERTIES = ("test_zones.py", "test_properties.py", "test_plan_properties.py", "test_standing.py")
# Tests that change the rules themselves take too long to be run thousands of times over, and a copy that can be changed
# is too slow for tests of speed.
LEFT_OUT = "not a_changed_rule and not answered_within and not answered_soon and not made_soon"
MOST_ALIVE = 0.10
ALIVE = ("survived", "no tests", "not checked")
FEWER = 8
# A change that makes the tests take so many times as long is given up and counts as noticed. Enough that a machine
# busy with other things gives up none.
PATIENCE = 40

SETTINGS = """[tool.mutmut]
source_paths = ["immunisations/"]
also_copy = ["tests"]
max_stack_depth = -1
timeout_multiplier = {patience}
pytest_add_cli_args_test_selection = [{selection}]
pytest_add_cli_args = ["-k", "{keyword}"]

[tool.pytest.ini_options]
pythonpath = ["."]
addopts = "--import-mode=importlib -p no:cacheprovider"
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutation", description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[""], metavar="series.measles", help="change these modules alone")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--every", type=int, default=1, metavar="10", help="only every tenth change")
    parser.add_argument("--first", type=int, default=0, metavar="3", help="leave out so many changes first")
    arguments = parser.parse_args()
    install()
    copy()
    wanted = sample(arguments.only, arguments.every, arguments.first)
    mutmut(CASES, LEFT_OUT, wanted, arguments.children)
    if all(outcome == "not checked" for _name, outcome in outcomes(wanted)):
        print("Nothing was tried: the golden cases fail on the schedule as it is, or there is no such change")
        return 2
    alive = [name for name, outcome in outcomes(wanted) if outcome in ALIVE]
    print(f"\n{len(alive)} of {len(wanted)} live through the golden cases; now the property tests", flush=True)
    if alive:
        mutmut(PROPERTIES, LEFT_OUT, alive, arguments.children)
    return report(outcomes(wanted))


def sample(only: list[str], every: int, first: int) -> list[str]:
    """The changes to try: all of some modules, or of the whole schedule, or every so many of them."""
    settle(CASES, LEFT_OUT)
    # a run of nothing makes the changes without trying any
    run(["run", "--max-children", "1", "immunisations.schedule.errors*"], check=False, quiet=True)
    modules = tuple(f"immunisations.schedule.{module}" for module in only)
    return [name for name, _outcome in results() if name.startswith(modules)][first::every]


def install() -> None:
    """Put mutmut where only this command finds it."""
    if not (TOOL / "mutmut").is_dir():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(TOOL), MUTMUT]
        subprocess.run(pip, check=True)


def copy() -> None:
    """Lay out the schedule and its tests by themselves."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    bare = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "immunisations" / "schedule", FOLDER / "immunisations" / "schedule", ignore=bare)
    (FOLDER / "immunisations" / "__init__.py").touch()
    shutil.copytree(ROOT / TESTS, FOLDER / TESTS, ignore=bare)
    # asked through Django
    (FOLDER / TESTS / "test_command.py").unlink()
    for test in (FOLDER / TESTS).glob("test_*.py"):
        text = test.read_text(encoding="utf-8")
        fewer = re.sub(
            r"max_examples=(\d+)",
            lambda found: f"derandomize=True, max_examples={max(10, int(found[1]) // FEWER)}",
            text,
        )
        test.write_text(fewer, encoding="utf-8")


def settle(tests: tuple[str, ...], keyword: str) -> None:
    """Write down for mutmut which tests are to try the changes."""
    selection = ", ".join(f'"{TESTS / test}"' for test in tests)
    settings = SETTINGS.format(selection=selection, keyword=keyword, patience=PATIENCE)
    (FOLDER / "pyproject.toml").write_text(settings, encoding="utf-8")
    # what was learnt of other tests does not hold of these
    for learnt in (FOLDER / "mutants").glob("mutmut-*stats.json"):
        learnt.unlink()


def mutmut(tests: tuple[str, ...], keyword: str, mutants: list[str], children: int) -> None:
    """Try changes with some of the tests."""
    settle(tests, keyword)
    run(["run", "--max-children", str(children), *mutants], check=False)


def run(arguments: list[str], *, check: bool = True, quiet: bool = False) -> str:
    environment = {**os.environ, "PYTHONPATH": str(TOOL), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=FOLDER, env=environment, check=check, text=True, stdout=subprocess.PIPE if quiet else None,
    )  # fmt: skip
    return done.stdout or ""


def results() -> list[tuple[str, str]]:
    """Every change and what became of it."""
    return re.findall(r"^\s*(\S+): (.+?)\s*$", run(["results", "--all", "true"], quiet=True), re.MULTILINE)


def outcomes(wanted: list[str]) -> list[tuple[str, str]]:
    """The changes that were to be tried, and what became of them."""
    chosen = set(wanted)
    return [(name, outcome) for name, outcome in results() if name in chosen]


def report(found: list[tuple[str, str]]) -> int:
    """Print how many are alive in each module, and write down which."""
    tried: Counter[str] = Counter()
    given_up = sum(outcome == "timeout" for _name, outcome in found)
    alive: dict[str, list[str]] = {}
    for name, outcome in found:
        module = re.sub(r"\.x[_ǁ].*", "", name)
        tried[module] += 1
        if outcome in ALIVE:
            alive.setdefault(module, []).append(name)
    for module, number in tried.items():
        print(f"{module}: {len(alive.get(module, []))} of {number} alive")
    survivors = [name for names in alive.values() for name in names]
    total = sum(tried.values())
    share = len(survivors) / total if total else 1
    print(f"In all {len(survivors)} of {total} alive, {100 * share:.1f} in 100 (goal: at most {100 * MOST_ALIVE:.0f})")
    print(f"{given_up} of those noticed were given up as endless")
    (FOLDER / "survivors.txt").write_text("".join(run(["show", name], quiet=True) + "\n" for name in survivors))
    print(f"The survivors: {FOLDER / 'survivors.txt'}")
    return 1 if share > MOST_ALIVE else 0


if __name__ == "__main__":
    sys.exit(main())
