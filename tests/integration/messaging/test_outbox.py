"""Owing messages, and the claims of workers, on the running database."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from accounts.errors import Refused
from accounts.models import AuditEvent, Team
from messaging import actions, registry
from messaging.models import Message
from messaging.outcomes import Failed, NoLonger, Sent, TryAgain, Unknown
from messaging.policies import MOST_TRIES
from tests.integration.messaging.conftest import LEASE, START

Owe = Callable[..., Message]


def claim(at=START, lease=LEASE) -> actions.Claim | None:
    return actions.claim(at=at, lease=lease, carried_by="provider")


def test_a_repeat_is_the_same_message_and_leaves_the_callers_transaction_whole(owe: Owe, team: Team) -> None:
    subject = uuid.uuid4()
    with transaction.atomic():
        first = owe(subject_id=subject)
        second = owe(subject_id=subject, due_at=START + timedelta(days=1))
        third = owe(subject_id=subject, subject_version=2)
        team.name = "Written after the repeat"
        team.save()
    assert first.pk == second.pk != third.pk
    assert Message.objects.count() == 2
    assert Team.objects.get().name == "Written after the repeat"


def test_each_channel_and_purpose_has_a_message_of_its_own(owe: Owe) -> None:
    subject = uuid.uuid4()
    for purpose in ("greeting", "gone"):
        for channel in (Message.Channel.TEXT, Message.Channel.EMAIL):
            owe(purpose, channel=channel, subject_id=subject)
    assert Message.objects.count() == 4


def test_the_database_itself_refuses_the_same_message_twice(owe: Owe) -> None:
    message = owe()
    message.pk, message.public_id = None, uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        message.save(force_insert=True)


def test_a_message_that_was_sent_is_not_owed_again(owe: Owe) -> None:
    subject = uuid.uuid4()
    owe(subject_id=subject)
    actions.finish(claim=claim(), outcome=Sent("1"), at=START)
    assert owe(subject_id=subject).state == Message.State.SENT
    assert claim() is None


def test_a_change_that_is_undone_owes_nothing(owe: Owe) -> None:
    class Undone(Exception):
        pass

    def change_and_fail() -> None:
        with transaction.atomic():
            owe()
            raise Undone

    with pytest.raises(Undone):
        change_and_fail()
    assert not Message.objects.exists()


def test_a_purpose_that_no_room_answers_for_is_refused_when_it_is_owed(owe: Owe) -> None:
    with pytest.raises(registry.UnknownPurpose):
        owe("never_heard_of")


def test_a_channel_that_does_not_exist_is_refused_when_it_is_owed(owe: Owe) -> None:
    with pytest.raises(ValueError, match="pigeon"):
        owe(channel="pigeon")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_owe_one_message_and_both_commit(owe: Owe) -> None:
    subject = uuid.uuid4()
    rows: list[int] = []
    written, may_commit = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            rows.append(owe(subject_id=subject).pk)
            written.set()
            may_commit.wait(10)
        connection.close()

    def second() -> None:
        written.wait(10)
        with transaction.atomic():
            rows.append(owe(subject_id=subject).pk)
            Team.objects.create(name="Written after the repeat", organisation="Trust", ods_code="RX2")
        connection.close()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    written.wait(10)
    # Long enough for the second to stand and wait for the first's transaction.
    threads[1].join(0.3)
    may_commit.set()
    for thread in threads:
        thread.join(10)
    assert len(rows) == 2 and rows[0] == rows[1]
    assert Team.objects.filter(name="Written after the repeat").exists()


def test_what_is_due_first_is_claimed_first_and_what_is_not_due_waits(owe: Owe) -> None:
    later = owe(due_at=START + timedelta(minutes=1))
    second = owe(due_at=START)
    first = owe(due_at=START - timedelta(minutes=1))
    assert [claim().message.pk, claim().message.pk, claim()] == [first.pk, second.pk, None]
    assert claim(START + timedelta(minutes=1)).message.pk == later.pk


def test_a_message_in_hand_is_left_alone_until_its_lease_runs_out(owe: Owe) -> None:
    message = owe()
    assert claim().left_with is None
    assert claim(START + LEASE - timedelta(microseconds=1)) is None
    again = claim(START + LEASE)
    assert again.message.pk == message.pk and again.left_with == "provider" and again.message.attempts == 2


@pytest.mark.parametrize(
    ("outcome", "state", "words"),
    [
        (Sent("their-number"), "sent", ""),
        (NoLonger("The appointment was cancelled."), "no_longer_needed", "The appointment was cancelled."),
        (Failed("The number does not exist."), "failed", "The number does not exist."),
        (Unknown("The channel cannot tell."), "unknown", "The channel cannot tell."),
    ],
)
def test_an_outcome_is_written_down_once_and_ends_the_message(owe: Owe, outcome: Any, state: str, words: str) -> None:
    message = owe()
    taken = claim()
    assert actions.finish(claim=taken, outcome=outcome, at=START + timedelta(seconds=1))
    message.refresh_from_db()
    assert (message.state, message.outcome, message.finished_at) == (state, words, START + timedelta(seconds=1))
    assert not actions.finish(claim=taken, outcome=Failed("Too late."), at=START)
    assert claim(START + timedelta(days=30)) is None


def test_a_slow_worker_writes_nothing_over_the_one_that_took_its_message(owe: Owe) -> None:
    message = owe()
    slow = claim()
    quick = claim(START + LEASE)
    assert not actions.finish(claim=slow, outcome=Failed("Slow."), at=START + LEASE)
    assert actions.finish(claim=quick, outcome=Sent(), at=START + LEASE)
    message.refresh_from_db()
    assert message.state == Message.State.SENT


def test_each_failed_try_waits_longer_until_the_message_is_given_up(owe: Owe) -> None:
    message = owe()
    at, waits = START, []
    while taken := claim(at):
        actions.finish(claim=taken, outcome=TryAgain("The provider is busy."), at=at)
        message.refresh_from_db()
        waits.append(message.due_at - at)
        at = message.due_at
        if message.state == Message.State.FAILED:
            break
        assert claim(at - timedelta(seconds=1)) is None
    assert message.state == Message.State.FAILED and message.attempts == MOST_TRIES
    assert message.outcome == "The provider is busy."
    assert waits[:-1] == sorted(waits[:-1]) and waits[0] >= timedelta(seconds=30)
    assert timedelta(hours=12) < at - START < timedelta(hours=48)


@pytest.mark.parametrize("words", ["x" * 5000, "a\0b", ""])
def test_words_that_no_database_would_take_do_not_stop_the_worker(owe: Owe, words: str) -> None:
    message = owe()
    assert actions.finish(claim=claim(), outcome=Failed(words), at=START)
    message.refresh_from_db()
    assert message.outcome == words.replace("\0", "")[:300]
    owe()
    assert actions.finish(claim=claim(), outcome=Sent(words), at=START)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_row_in_another_workers_transaction_is_passed_over_without_waiting(owe: Owe) -> None:
    first, second = owe(due_at=START - timedelta(minutes=1)), owe()
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Message.objects.select_for_update().get(pk=first.pk)
            locked.set()
            done.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(10)
    try:
        assert claim().message.pk == second.pk
        assert claim() is None
    finally:
        done.set()
        holder.join(10)
    assert claim().message.pk == first.pk


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_never_claim_the_same_message(owe: Owe) -> None:
    owed = {owe().pk for _number in range(40)}
    claimed: list[int] = []

    def work() -> None:
        while taken := claim():
            claimed.append(taken.message.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    # A worker that found every row in another's hand may stop early; what it left is still there.
    work()
    assert sorted(claimed) == sorted(owed)


def test_a_person_may_say_that_a_stuck_message_was_sent(owe: Owe) -> None:
    message = owe()
    actions.finish(claim=claim(), outcome=Unknown("The channel cannot tell."), at=START)
    actions.confirm_sent(message=message, by=None, at=START, source="admin", reason="They phoned: it arrived.")
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    event = AuditEvent.objects.get()
    assert (event.action, event.object_id, event.reason) == (
        "message_confirmed_sent",
        message.public_id,
        "They phoned: it arrived.",
    )
    assert event.before == {"state": "unknown", "outcome": "The channel cannot tell."}


def test_a_person_may_have_a_stuck_message_sent_again(owe: Owe) -> None:
    message = owe()
    actions.finish(claim=claim(), outcome=Failed("The number does not exist."), at=START)
    at = START + timedelta(hours=1)
    actions.send_again(message=message, by=None, at=at, source="admin", reason="The number was put right.")
    again = claim(at)
    assert again.message.pk == message.pk and again.message.attempts == 2 and again.left_with is None
    assert AuditEvent.objects.get().action == "message_sent_again"


@pytest.mark.parametrize("settle", [actions.confirm_sent, actions.send_again])
@pytest.mark.parametrize("stage", ["waiting", "sending", "sent", "no_longer_needed"])
def test_a_message_that_is_not_stuck_is_nobodys_to_settle(owe: Owe, settle: Any, stage: str) -> None:
    message = owe()
    if stage != "waiting":
        taken = claim()
        if stage != "sending":
            ends = {"sent": Sent(), "no_longer_needed": NoLonger("Cancelled.")}
            actions.finish(claim=taken, outcome=ends[stage], at=START)
    with pytest.raises(Refused) as refusal:
        settle(message=message, by=None, at=START, source="admin", reason="")
    assert refusal.value.code == "message_not_stuck"
    message.refresh_from_db()
    assert message.state == stage and not AuditEvent.objects.exists()


def test_looking_for_work_costs_two_queries_whatever_the_outbox_holds(owe: Owe, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        claim()
    for _number in range(30):
        owe(due_at=START + timedelta(days=1))
    with django_assert_num_queries(2):
        claim()
