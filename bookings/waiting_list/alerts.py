"""Telling people once that a clinic near them takes bookings."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils.translation import gettext as _

from bookings import owing
from bookings.models import OpeningAlert
from bookings.policies import BookingRefused
from bookings.purposes import FILLED_UP, OPENING_ALERT
from bookings.references import hash_link_token, link_token, link_token_of
from bookings.waiting_list.hours import is_daytime
from clinics.finder import Where, position_of_venue
from clinics.models import ClinicSession
from clinics.postcodes import Position
from clinics.queries import places_free, to_come
from clinics.times import london_day
from messaging.models import Message

NEAR_MILES = 15
KEPT_FOR = timedelta(days=60)
# Of how many places one email address or mobile is told at a time.
MOST_PLACES = 5
PORTION = 500
# By then a message has gone or was given up.
SENT_WITHIN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Asked:
    """An alert that stands. ``created`` is False where the same page had asked for it before."""

    alert: OpeningAlert
    created: bool

    @property
    def link_token(self) -> str:
        """The secret of the private link."""
        return token_of(self.alert)


def token_of(alert: OpeningAlert) -> str:
    """Return the secret of an alert's private link. Raises LookupError where the key that made it is retired."""
    return link_token_of(alert.public_id, alert.token_hash)


def find_alert(token: str) -> OpeningAlert | None:
    """Return the alert whose private link carries this secret, or None."""
    return OpeningAlert.objects.filter(token_hash=hash_link_token(token)).first()


def open_alerts(at: datetime) -> "models.QuerySet[OpeningAlert]":
    """Return the alerts of people who still want to hear and have not."""
    return OpeningAlert.objects.filter(told_at__isnull=True, stopped_at__isnull=True, ends_at__gt=at)


def ask_for_alert(
    *, where: Where, email: str, phone: str, language: str, at: datetime, once: uuid.UUID | None = None
) -> Asked:
    """Note that somebody wants to hear once when a clinic near ``where`` takes bookings, for at most 60 days.

    ``phone`` is a UK mobile (E.164). Of the place only a town or an outward code is kept. ``once`` names the page that
    asked: sent again with the same answers, it is one alert. Whoever else gave the same contact before is not looked
    for: what is answered would tell it. Each has an alert and a link of their own, and ``tell_alerts`` writes once.
    Raises BookingRefused (``no_contact``).
    """
    if not (email or phone):
        raise BookingRefused(_("Give a mobile number or an email address."), code="no_contact")
    public_id = uuid.uuid5(once, "\n".join((where.name, email, phone))) if once else uuid.uuid4()
    alert, created = OpeningAlert.objects.get_or_create(
        public_id=public_id,
        defaults={
            "token_hash": hash_link_token(link_token(public_id)),
            "place": where.name,
            "latitude": where.position.latitude,
            "longitude": where.position.longitude,
            "email": email,
            "phone": phone,
            "language": language,
            "created_at": at,
            "ends_at": at + KEPT_FOR,
        },
    )
    return Asked(alert, created)


def stop_alert(*, alert: OpeningAlert, at: datetime) -> None:
    """Tell them nothing. Stopping twice changes nothing."""
    OpeningAlert.objects.filter(pk=alert.pk, stopped_at__isnull=True).update(stopped_at=at)


def tell_alerts(*, at: datetime) -> int:
    """Owe everybody whose place has a clinic with free times within 15 miles the one message. Returns how many; none
    by night. Any number of passes may run at once.
    """
    if not is_daytime(at):
        return 0
    _open_again(at=at)
    if not open_alerts(at).exists():
        return 0
    bookable = to_come(ClinicSession.objects.bookable(london_day(at)), at).filter(
        Exists(places_free(OuterRef("pk"), at))
    )
    clinics = [
        (position, session)
        for session in bookable.select_related("venue", "team").order_by("date", "pk")
        if (position := position_of_venue(session.venue)) is not None
    ]
    if not clinics:
        return 0
    told = 0
    for alert in _in_portions(open_alerts(at)):
        told += _tell(alert, clinics, at)
        if told == PORTION:
            # The worker has other work; whoever is left is told by the next pass.
            break
    return told


def _in_portions(alerts: "models.QuerySet[OpeningAlert]") -> Iterator[OpeningAlert]:
    """Yield all of ``alerts``, oldest first, however many have no clinic near them."""
    last = 0
    while portion := list(alerts.filter(pk__gt=last).order_by("pk")[:PORTION]):
        yield from portion
        last = portion[-1].pk


def _open_again(*, at: datetime) -> None:
    """Go on looking for those who were told nothing: the clinic had filled up before their message went, or the one
    that stood for theirs.
    """
    latest = Message.objects.filter(
        purpose=OPENING_ALERT,
        channel__in=[Message.Channel.EMAIL, Message.Channel.TEXT],
        subject_id=OuterRef("public_id"),
        created_at=OuterRef("told_at"),
    )
    told = OpeningAlert.objects.filter(told_at__gt=at - SENT_WITHIN, stopped_at__isnull=True, ends_at__gt=at)
    told.filter(
        Exists(latest.filter(outcome=FILLED_UP)), ~Exists(latest.exclude(state=Message.State.NO_LONGER_NEEDED))
    ).update(session=None, told_at=None)
    sent = Message.objects.exclude(state=Message.State.NO_LONGER_NEEDED).filter(
        purpose=OPENING_ALERT,
        channel__in=[Message.Channel.EMAIL, Message.Channel.TEXT],
        subject_id=OuterRef("public_id"),
        created_at=OuterRef("told_at"),
    )
    stands_for = OpeningAlert.objects.filter(
        Q(Exists(sent)),
        ~Q(email="") & Q(email__iexact=OuterRef("email")) | ~Q(phone="") & Q(phone=OuterRef("phone")),
        place=OuterRef("place"),
        told_at=OuterRef("told_at"),
    )
    told.filter(~Exists(latest), ~Exists(stands_for)).update(session=None, told_at=None)


def _tell(alert: OpeningAlert, clinics: list[tuple[Position, ClinicSession]], at: datetime) -> bool:
    here = Position(alert.latitude, alert.longitude)
    near = [(here.miles_to(position), session) for position, session in clinics]
    found = min((each for each in near if each[0] <= NEAR_MILES), key=lambda each: each[0], default=None)
    return found is not None and _owe(alert, found[1], at)


@transaction.atomic
def _owe(alert: OpeningAlert, session: ClinicSession, at: datetime) -> bool:
    """Owe an alert its message by each way by which nobody has been told of this place since it was asked for."""
    # Whoever asked for the same, locked in one order: of two passes at once the later sees whom the earlier told.
    same = Q(pk=alert.pk)
    for channel in owing.alert_channels(alert):
        same |= _by(alert, channel)
    alike = open_alerts(at).filter(same, place=alert.place).order_by("pk")
    list(alike.select_for_update(of=("self",)).values_list("pk", flat=True))
    now = open_alerts(at).filter(pk=alert.pk).first()
    if now is None:
        return False
    ways = owing.alert_channels(now)
    told = {way: moment for way in ways if (moment := _told_by(now, way)) is not None}
    left = [way for way in ways if way not in told and not _is_one_too_many(now, way)]
    if not left and len(told) < len(ways):
        return False
    # Where another message stands for this one, it is over at the same moment.
    now.session, now.told_at = session, at if left else max(told.values())
    now.save(update_fields=["session", "told_at"])
    if left:
        owing.owe_alert(now, at=at, channels=left)
    return bool(left)


def _by(alert: OpeningAlert, channel: str) -> Q:
    """Return what finds the alerts that go to the same address by a channel."""
    return Q(email__iexact=alert.email) if channel == Message.Channel.EMAIL else Q(phone=alert.phone)


def _told_by(alert: OpeningAlert, channel: str) -> datetime | None:
    """Return when that address was last told of the same place since this alert was asked for; None if it was not."""
    others = OpeningAlert.objects.filter(_by(alert, channel), place=alert.place, told_at__gte=alert.created_at)
    return others.exclude(pk=alert.pk).aggregate(last=Max("told_at"))["last"]


def _is_one_too_many(alert: OpeningAlert, channel: str) -> bool:
    """Whether that address is told of as many other places already, by alerts that were asked for before."""
    earlier = OpeningAlert.objects.filter(_by(alert, channel), pk__lt=alert.pk, stopped_at__isnull=True)
    places = earlier.exclude(place=alert.place).values("place").distinct()
    return places.count() >= MOST_PLACES


def forget_alerts(*, at: datetime) -> int:
    """Forget alerts that are over: told, stopped or past their end for a week. Returns how many."""
    week_ago = at - timedelta(days=7)
    over = Q(told_at__lte=week_ago) | Q(stopped_at__lte=week_ago) | Q(ends_at__lte=week_ago)
    forgotten, _each = OpeningAlert.objects.filter(over).delete()
    return forgotten
