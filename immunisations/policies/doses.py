"""What forbids a dose, and what speaks against one."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission, may, roles_in
from clinics.models import Batch, Product
from clinics.stock import Hold
from clinics.vaccines import Vaccine, series_of
from clinics.words import clock
from immunisations.ages import years_between
from immunisations.models import Consent, Person, Screening, Vaccination, Visit
from immunisations.policies.consent import check_agreed, check_screened, dose_number_of
from immunisations.policies.refusals import DoseRefused
from immunisations.policies.sessions import check_session_open
from immunisations.products import forbidden_by_facts, unsuited_by_age
from immunisations.schedule import SeriesForecast
from immunisations.text import is_blank

THIGHS = frozenset({Vaccination.BodySite.LEFT_THIGH, Vaccination.BodySite.RIGHT_THIGH})
# A desk often marks a family a little after it came in. A dose longer than this before they arrived is asked about, and
# not refused: somebody may type in at three what was written on paper at eleven, when the network was away.
ARRIVAL_SLACK = timedelta(minutes=15)


class NeedsReason(Refused):
    """The dose may be given, against a warning, by somebody who says why. ``details["warnings"]`` lists each."""

    code = "needs_reason"


@dataclass(frozen=True, slots=True)
class Caution:
    """A reason to stop and think, that a vaccinator may overrule with a reason."""

    code: str
    message: str

    @property
    def key(self) -> str:
        """What tells this warning from every other: a different sentence is a different warning."""
        return f"{self.code}:{hashlib.sha256(self.message.encode()).hexdigest()[:12]}"


def check_dose_is_possible(
    *,
    visit: Visit,
    series: str,
    batch: Batch,
    hold: Hold,
    body_site: str,
    route: str,
    given_at: datetime,
    on: date,
    consents: Sequence[Consent],
    screenings: Sequence[Screening],
    facts: Collection[str],
    verdict: SeriesForecast | None,
) -> tuple[Consent, Screening]:
    """Return the consent and the screening that a dose rests on. ``hold`` is what the ledger of stock says of the batch
    at the visit's clinic, ``on`` the day of ``given_at``.

    Raises DoseRefused, with a code, for what nobody may overrule; SessionNotOpen where the clinic is not open.
    """
    session, product = visit.session, batch.product
    check_session_open(session)
    if product.vaccine not in session.vaccine_codes():
        raise DoseRefused(
            _("%(vaccine)s is not offered at this clinic.") % {"vaccine": Vaccine(product.vaccine).label},
            code="not_offered",
        )
    if series_of(product.vaccine) != series:
        raise DoseRefused(_("Select a product of this vaccine."), code="other_series")
    check_batch(batch, team_id=session.team_id, on=on, given_at=given_at)
    check_batch_here(batch, hold, given_at=given_at)
    check_site(body_site, route)
    if on != session.date:
        raise DoseRefused(
            _("This clinic is on %(date)s. Give the time of the dose on that day.")
            % {"date": formats.date_format(session.date, "l j F Y")},
            code="other_day",
        )
    consent = check_agreed(consents, product.vaccine, dose_number=dose_number_of(verdict))
    screening = check_screened(screenings, product.vaccine)
    forbidden = forbidden_by_facts(product, facts)
    if forbidden is not None:
        raise DoseRefused(
            _("Do not give: %(reason)s Choose a product without it, or record that none was given.")
            % {"reason": forbidden.message},
            code=forbidden.code,
        )
    if verdict is not None and verdict.status == "blocked":
        raise DoseRefused(f"{verdict.reason} {what_to_do_when_blocked()}", code="blocked", rule=verdict.rule)
    return consent, screening


def what_to_do_when_blocked() -> str:
    """Return what a vaccinator does instead of a dose that nobody may give."""
    return _("Record it as not given, tell the person or parent why, and let a senior nurse know.")


def check_givers(*, given_by: User, supplied_by: User | None, team_id: int) -> None:
    """Raise DoseRefused unless the one who gave it may vaccinate in the team, and who supplied it is a member there."""
    if not may(given_by, Permission.VACCINATE, team_id):
        raise DoseRefused(_("Select a vaccinator of this team."), code="no_vaccinator")
    if supplied_by is not None and team_id not in roles_in(supplied_by):
        raise DoseRefused(_("Select a member of this team who supplied the vaccine."), code="no_supplier")


def given_before_hold(batch: Batch, hold: Hold, *, given_at: datetime) -> bool:
    """Whether a batch that must not be given any more was given before that was so: true, and worth a mark."""
    since = batch.quarantined_at
    return (since is not None and given_at < since) or (bool(hold) and not hold.stops(given_at))


def check_batch(batch: Batch, *, team_id: int, on: date, given_at: datetime) -> None:
    """Raise DoseRefused where the batch is another team's, past its expiry, or was quarantined by then.

    What was given before the quarantine and is written down after it was given all the same.
    """
    if batch.team_id == team_id and batch.quarantined_at is not None and given_at >= batch.quarantined_at:
        raise DoseRefused(
            _("Batch %(number)s is quarantined and must not be given. Set it aside and choose another.")
            % {"number": batch.number},
            code="batch_quarantined",
        )
    check_batch_was_possible(batch, team_id=team_id, on=on)


def check_batch_here(batch: Batch, hold: Hold, *, given_at: datetime) -> None:
    """Raise DoseRefused where by then the doses of a batch at this clinic were in quarantine, or may have been in a
    cool box that was found outside +2 to +8 °C (Green Book chapter 3)."""
    if not hold.stops(given_at):
        return
    if hold.held:
        raise DoseRefused(
            _("The doses of batch %(number)s at this clinic are quarantined. Set them aside and choose another batch.")
            % {"number": batch.number},
            code="batch_held_here",
        )
    if hold.unknown_after_excursion:
        raise DoseRefused(
            _(
                "A cool box at this clinic was too warm or too cold, and nobody wrote down that batch %(number)s was "
                "taken here. If it came in another cool box, take it to the clinic on the stock page first."
            )
            % {"number": batch.number},
            code="batch_not_taken_here",
        )


def check_batch_was_possible(batch: Batch, *, team_id: int, on: date) -> None:
    """Raise DoseRefused where the batch is another team's, or was past its expiry on the day.

    A dose that was given is recorded as it was: a quarantine, then or since, makes it an incident, not untrue.
    """
    if batch.team_id != team_id:
        raise DoseRefused(_("Select a batch of this team."), code="batch_of_other_team")
    if batch.expires_on < on:
        raise DoseRefused(
            _("Batch %(number)s expired on %(date)s. Set it aside and choose another.")
            % {"number": batch.number, "date": formats.date_format(batch.expires_on, "j F Y")},
            code="batch_expired",
        )


def check_site(body_site: str, route: str) -> None:
    """Raise DoseRefused where site and route do not belong together, or are not on the list."""
    if body_site not in Vaccination.BodySite.values:
        raise DoseRefused(_("Select where it was given."), code="no_site")
    if route not in Product.Route.values:
        raise DoseRefused(_("Select how it was given."), code="no_route")
    if (body_site == Vaccination.BodySite.MOUTH) != (route == Product.Route.ORAL):
        raise DoseRefused(_("The site and the way it was given do not belong together."), code="site_and_route")


def cautions(
    *,
    person: Person,
    product: Product,
    body_site: str,
    on: date,
    was_checked: bool,
    verdict: SeriesForecast | None,
    gelatine_free: bool,
    route: str = "",
    screening: Screening | None = None,
    given_at: datetime | None = None,
    arrived_at: datetime | None = None,
) -> list[Caution]:
    """Return what speaks against the dose and may be overruled with a reason, all of it at once.

    ``given_at`` and ``arrived_at`` are moments; without them nothing is said of the time, without a ``route`` nothing
    of it, and without a ``screening`` nothing of what was not asked. Sources: the schedule's own rules for age, gap and
    course; the product's reviewed ages; Green Book chapter 4 for the site under one year, chapters 6 and 21 for
    gelatine.
    """
    found = []
    if not was_checked:
        found.append(Caution("no_record_check", _("No record was checked on this visit.")))
    if verdict is None:
        found.append(Caution("no_rule", _("The schedule here has no rule for this vaccine. Check it yourself.")))
    else:
        if verdict.status in ("complete", "not_needed", "too_old", "ask"):
            found.append(Caution(verdict.status, verdict.reason))
        elif verdict.earliest_on is not None and verdict.earliest_on > on:
            found.append(
                Caution(
                    "too_early",
                    _("Too early: a dose counts from %(date)s.")
                    % {"date": formats.date_format(verdict.earliest_on, "j F Y")},
                )
            )
        elif verdict.status == "not_yet":
            found.append(Caution("not_yet", verdict.reason))
        if verdict.counts_if_given is False:
            found.append(Caution("will_not_count", _("This dose will be recorded and will not count.")))
        if verdict.vaccine and verdict.vaccine != product.vaccine:
            found.append(
                Caution(
                    "other_vaccine",
                    _("The schedule advises %(advised)s, not %(given)s.")
                    % {"advised": Vaccine(verdict.vaccine).label, "given": Vaccine(product.vaccine).label},
                )
            )
    unsuited = unsuited_by_age(product, born=person.date_of_birth, on=on)
    if unsuited is not None:
        found.append(Caution(unsuited.code, unsuited.message))
    if gelatine_free and product.contains_gelatine:
        found.append(
            Caution(
                "gelatine_wish",
                _("The family asked for a vaccine without gelatine. %(product)s contains it.")
                % {"product": product.name},
            )
        )
    if screening is not None and product.contains_gelatine and "gelatine" not in screening.answers:
        # Asked only where the clinic held such a product: this one came later.
        found.append(
            Caution(
                "gelatine_not_asked",
                _("%(product)s contains gelatine, and nobody was asked about a severe allergic reaction to it.")
                % {"product": product.name},
            )
        )
    if route and (product.route == Product.Route.ORAL) != (route == Product.Route.ORAL):
        words = _("%(product)s is swallowed.") if product.route == Product.Route.ORAL else _("%(product)s is injected.")
        found.append(Caution("route_for_product", words % {"product": product.name}))
    infant = years_between(person.date_of_birth, on) < 1
    if infant and body_site not in THIGHS | {Vaccination.BodySite.MOUTH}:
        found.append(Caution("site_under_one", _("Under 1 year the thigh is the site to use.")))
    if given_at is not None and arrived_at is not None and given_at < arrived_at - ARRIVAL_SLACK:
        found.append(
            Caution(
                "before_arrival",
                _("The time given, %(given)s, is before %(name)s arrived, at %(arrived)s.")
                % {
                    "given": clock(timezone.localtime(given_at)),
                    "name": person.first_name,
                    "arrived": clock(timezone.localtime(arrived_at)),
                },
            )
        )
    return found


def check_reason(found: Sequence[Caution], override_reason: str, *, seen: Collection[str] | None = None) -> None:
    """Raise NeedsReason where there are cautions and nobody said why to go on.

    ``seen`` are the keys of the cautions that were shown to whoever gave the reason (None: all of them): a reason
    speaks only of what its writer knew of, so a new one is asked about again.
    """
    unseen = seen is not None and any(caution.key not in seen for caution in found)
    if found and (unseen or is_blank(override_reason)):
        raise NeedsReason(
            _("Say why you give it all the same: %(warnings)s") % {"warnings": " ".join(c.message for c in found)},
            warnings=[{"code": caution.code, "message": caution.message} for caution in found],
        )


def already_recorded(row: Vaccination) -> Refused:
    """Return the answer to a second tablet: who recorded this dose, and when."""
    moment = timezone.localtime(row.recorded_at)
    words: dict[str, Any] = {
        "vaccine": row.get_vaccine_display() if row.vaccine else row.get_series_display(),
        "name": row.recorded_by_name,
        "time": clock(moment),
        "date": formats.date_format(moment, "j F"),
    }
    return Refused(
        _("%(vaccine)s was already recorded by %(name)s at %(time)s on %(date)s. It was not recorded again.") % words,
        code="already_recorded",
        vaccination=str(row.public_id),
        recorded_by=row.recorded_by_name,
        recorded_at=row.recorded_at.isoformat(),
    )
