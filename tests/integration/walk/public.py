"""What the public reaches, and what is said about the service itself."""

from tests.integration.walk.table import Entry, public

TABLE: dict[str, Entry] = {
    "healthz": public(),
    "readyz": public(),
}
