"""Writing down what happened to somebody after a dose."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from immunisations.models import Reaction, Vaccination
from immunisations.people import lock_root
from immunisations.text import is_blank, tidy


class ReactionRefused(Refused):
    """A reaction cannot be recorded like this."""

    code = "reaction_refused"


@transaction.atomic
def record_reaction(
    *,
    vaccination: Vaccination,
    kind: str,
    began_at: datetime,
    by: User,
    at: datetime,
    actions: Iterable[str] = (),
    note: str = "",
    yellow_card_reference: str = "",
    replaces: Reaction | None = None,
    correction_reason: str = "",
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> Reaction:
    """Write down a suspected reaction to a dose given here, with its product and batch copied; the clinic may be over.

    ``actions`` are codes of ReactionAction. With ``replaces`` it takes that row's place: a Yellow Card reference that
    came later needs no more, anything else a ``correction_reason``. A severe allergic reaction is known for life from
    then on. The same ``client_uuid`` returns the same row. Raises ReactionRefused (``no_kind``, ``no_actions``,
    ``no_note``, ``bad_time``, ``not_given``, ``not_current``, ``no_reason``, ``nothing_changed``, ``used_before``),
    PermissionDenied.
    """
    require(by, Permission.VACCINATE, vaccination.session.team_id)
    root = lock_root(vaccination.person)
    sent = Reaction.objects.filter(client_uuid=client_uuid) if client_uuid else Reaction.objects.none()
    there = sent.select_related("vaccination__person").first()
    if there is not None:
        if there.vaccination.person.root_id != root.pk:
            raise ReactionRefused(_("This record was sent before, for somebody else."), code="used_before")
        return there
    row = Vaccination.objects.select_related("session", "person").get(pk=vaccination.pk)
    _check(row, kind, began_at, at=at, actions=(codes := list(dict.fromkeys(actions))), note=note)
    details = {
        "kind": str(kind),
        "began_at": began_at,
        "actions": [str(code) for code in codes],
        "note": tidy(note)[:1000],
        "yellow_card_reference": tidy(yellow_card_reference)[:60],
    }
    reason = tidy(correction_reason)[:300]
    if replaces is not None:
        _check_replacing(replaces, row, details, reason)
    made = Reaction.objects.create(
        vaccination=row,
        product_name=row.product_name,
        batch_number=row.batch_number,
        recorded_by=by,
        recorded_by_name=str(by),
        recorded_at=at,
        client_uuid=client_uuid or uuid.uuid4(),
        replaces=replaces,
        correction_reason=reason,
        **details,
    )
    audit.record(
        by=by,
        at=at,
        source=source,
        action="record_reaction",
        thing=made,
        team=row.session.team_id,
        person_id=root.public_id,
        after={
            "vaccination": str(row.public_id),
            "kind": details["kind"],
            "batch": made.batch_number,
            "replaces": str(replaces.public_id) if replaces else None,
        },
        reason=reason,
    )
    return made


def _check(row: Vaccination, kind: str, began_at: datetime, *, at: datetime, actions: Sequence[str], note: str) -> None:
    if not row.is_given or row.given_at is None:
        raise ReactionRefused(_("Nothing was given: there is no dose to react to."), code="not_given")
    later = Vaccination.objects.filter(replaces=row).first()
    if later is not None:
        raise ReactionRefused(
            _("%(name)s corrected this record meanwhile. Record the reaction on the record that stands now.")
            % {"name": later.recorded_by_name},
            code="not_current",
        )
    if kind not in Reaction.Kind.values:
        raise ReactionRefused(_("Select what happened."), code="no_kind")
    if not actions or set(actions) - set(Reaction.Action.values):
        raise ReactionRefused(_("Select what was done."), code="no_actions")
    if Reaction.Action.NOTHING in actions and len(actions) > 1:
        raise ReactionRefused(_("Select what was done, or that nothing was needed."), code="no_actions")
    if kind == Reaction.Kind.OTHER and is_blank(note):
        raise ReactionRefused(_("Enter in words what happened."), code="no_note")
    # To the minute, as people say it: a faint "at 10:20" follows a dose saved at 10:20 and 40 seconds.
    if began_at < row.given_at.replace(second=0, microsecond=0):
        raise ReactionRefused(_("It cannot have begun before the dose was given."), code="bad_time")
    if began_at > at:
        raise ReactionRefused(_("It cannot have begun in the future."), code="bad_time")


def _check_replacing(replaces: Reaction, row: Vaccination, details: dict[str, object], reason: str) -> None:
    later = Reaction.objects.filter(replaces=replaces).first()
    if later is not None or replaces.vaccination_id != row.pk:
        raise ReactionRefused(
            _("%(name)s changed this record meanwhile. Look at it again.")
            % {"name": (later or replaces).recorded_by_name},
            code="not_current",
        )
    changed = {name for name, value in details.items() if getattr(replaces, name) != value}
    if not changed:
        raise ReactionRefused(_("Nothing was changed."), code="nothing_changed")
    only_reported = changed == {"yellow_card_reference"} and not replaces.yellow_card_reference
    if not reason and not only_reported:
        raise ReactionRefused(_("Enter why the record is corrected."), code="no_reason")


def carry_reactions(
    pairs: Iterable[tuple[Vaccination, Vaccination]], *, by: User, at: datetime, reason: str
) -> list[Reaction]:
    """Have the reactions to each dose that was put right stand on the record that stands now: for each pair of the old
    and the new record, a further row with the new one's product and batch. Part of a correction's transaction.

    A record that became an error, or says that nothing was given, keeps its reactions: they were seen.
    """
    new_of = {old.pk: new for old, new in pairs if new.is_given}
    rows = list(Reaction.objects.filter(vaccination__in=new_of, replaced_by__isnull=True).order_by("pk"))
    made = []
    for row in rows:
        new = new_of[row.vaccination_id]
        made.append(
            Reaction(
                vaccination=new,
                kind=row.kind,
                began_at=row.began_at,
                actions=row.actions,
                note=row.note,
                yellow_card_reference=row.yellow_card_reference,
                product_name=new.product_name,
                batch_number=new.batch_number,
                recorded_by=by,
                recorded_by_name=str(by),
                recorded_at=at,
                replaces=row,
                correction_reason=reason,
            )
        )
    return Reaction.objects.bulk_create(made)
