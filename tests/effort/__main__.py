"""Count the effort of the staff's tasks in Chromium, print the table, and end with 1 where a target is missed."""

import sys

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main(["tests/effort", "-q", "-s", "--no-header", *sys.argv[1:]]))
