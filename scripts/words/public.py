"""Which files speak to the public. Their words are translated; those of staff screens stay English, and out of here."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# Patterns below the root, in the order in which a translator meets the pages: what is on all of them first.
PUBLIC = (
    "config/settings/base.py",
    "templates/layouts/*.html",
    "nhsuk/**/*.py",
    "nhsuk/templates/**/*.html",
    "templates/public/**/*.html",
    "templates/clinics/**/*.html",
    "templates/bookings/**/*.html",
    "templates/bookings/**/*.svg",
    "templates/messages/**/*.txt",
    "templates/[45]??*.html",
    "config/views.py",
    "clinics/words.py",
    "clinics/times.py",
    "clinics/vaccines.py",
    "clinics/places.py",
    "clinics/models/venue.py",
    "clinics/queries.py",
    "clinics/guides/**/*.py",
    "clinics/forms/public.py",
    "clinics/views/public/**/*.py",
    "bookings/*.py",
    "bookings/actions/**/*.py",
    "bookings/drop_ins/**/*.py",
    "bookings/forms/public/**/*.py",
    "bookings/views/public/**/*.py",
    "bookings/waiting_list/**/*.py",
    "immunisations/aftercare.py",
    "immunisations/health_questions.py",
    "immunisations/models/record_check.py",
    "immunisations/vaccine_names.py",
    "immunisations/written_dates.py",
)
# What stands among them and is for staff.
FOR_STAFF = (
    "templates/layouts/staff*.html",
    "templates/messages/emergency_access.*",
    "bookings/api*.py",
    "bookings/arrivals.py",
    "bookings/calls.py",
    "bookings/closing.py",
    "bookings/drop_ins/desk.py",
    "bookings/scans.py",
    "bookings/serializers*.py",
    "nhsuk/csv_files.py",
    "nhsuk/vendor.py",
)
# Of these modules only what is named speaks to the public.
PARTS = {
    "clinics/models/venue.py": ("NO_STEPS", "QUIET_SPACE"),
    "immunisations/health_questions.py": ("QUESTIONS",),
    "immunisations/models/record_check.py": ("SeenVaccine",),
}


def public_files(root: Path = ROOT) -> Iterator[Path]:
    """Yield every public file once, in the order of the patterns and by name within one."""
    seen = {path for pattern in FOR_STAFF for path in root.glob(pattern)}
    for pattern in PUBLIC:
        for path in sorted(root.glob(pattern)):
            if path not in seen and path.is_file():
                seen.add(path)
                yield path
