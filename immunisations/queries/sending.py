"""What was sent to GP practices and to CHIS, what is to be sent, and what is to be sent again.

A record that was corrected, moved or found to be an error after it was sent is to be sent again. That follows from what
was sent and from what replaces what; it is stored nowhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics.models import ClinicSession
from immunisations.models import RecordSent, Vaccination
from immunisations.models.sent import SentTo
from immunisations.policies import may_send_by_itself


class Sending(models.TextChoices):
    """Where a record stands with one receiver."""

    SENT = "sent", _("Sent")
    TO_SEND = "to_send", _("To send")
    RESEND = "resend", _("To resend")
    NOTHING = "nothing", _("Nothing to send")


@dataclass(frozen=True)
class Standing:
    """Where the end of one chain of records stands with one receiver. ``last`` is what was sent of it latest."""

    row: Vaccination
    to: str
    state: Sending
    last: RecordSent | None

    @property
    def by_itself(self) -> bool:
        """Whether it may leave without somebody deciding it."""
        return may_send_by_itself(self.row)

    @property
    def receiver(self) -> str | Promise:
        """Who it is for, in words."""
        return SentTo(self.to).label

    @property
    def taken_back(self) -> bool:
        """Whether what was sent says that a dose was given, and the record now says that none was."""
        return self.state == Sending.RESEND and not self.row.is_given


def standing_of(
    row: Vaccination, to: str, rows: Mapping[int, Vaccination], sent: Mapping[tuple[int, str], RecordSent]
) -> Standing:
    """Return where a row that nothing replaces stands with a receiver.

    ``rows`` are the rows it may replace, by key; ``sent`` what was sent, by row and receiver.
    """
    current: Vaccination | None = row
    while current is not None:
        found = sent.get((current.pk, to))
        if found is not None:
            if current.pk == row.pk:
                return Standing(row, to, Sending.SENT, found)
            if current.is_given:
                return Standing(row, to, Sending.RESEND, found)
            # They were told that there is no dose: only a dose is news.
            return Standing(row, to, Sending.TO_SEND if row.is_given else Sending.NOTHING, found)
        current = rows.get(current.replaces_id) if current.replaces_id else None
    return Standing(row, to, Sending.TO_SEND if row.is_given else Sending.NOTHING, None)


def sent_rows(vaccinations: Iterable[Vaccination]) -> dict[tuple[int, str], RecordSent]:
    """Return what was sent of these rows, by row and receiver, in one query."""
    return {(each.vaccination_id, each.to): each for each in RecordSent.objects.filter(vaccination__in=vaccinations)}


def sending_at(session: ClinicSession, to: str) -> list[Standing]:
    """Return where every record of a clinic stands with a receiver, by name, in two queries."""
    rows = list(
        Vaccination.objects.filter(session=session)
        .select_related("person__merged_into__practice", "person__practice", "replaced_by")
        .order_by("person__last_name", "person__first_name", "pk")
    )
    sent = {(each.vaccination_id, each.to): each for each in RecordSent.objects.filter(vaccination__session=session)}
    by_key = {row.pk: row for row in rows}
    standing = [standing_of(row, to, by_key, sent) for row in rows if not hasattr(row, "replaced_by")]
    return [each for each in standing if each.state != Sending.NOTHING]
