"""Tokens of the API: made at the command line, good only while their user is."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIRequestFactory

from accounts.actions import issue_token, revoke_token
from accounts.authentication import TokenAuthentication
from accounts.models import ApiToken, AuditEvent, Role
from tests.support.factories import make_team, make_user

pytestmark = pytest.mark.django_db


def who(token: str):
    request = APIRequestFactory().get("/api/v1/", headers={"Authorization": f"Token {token}"})
    return TokenAuthentication().authenticate(request)[0]


def test_the_command_prints_a_token_that_works_and_nothing_else():
    user = make_user(make_team(), Role.VACCINATOR, username="nurse")
    out, err = StringIO(), StringIO()
    call_command("api_token", "nurse", stdout=out, stderr=err)
    token = out.getvalue().strip()
    assert out.getvalue() == f"{token}\n" and " " not in token and not err.getvalue()
    assert who(token) == user
    assert token not in str(list(ApiToken.objects.values())), "only its hash is stored"
    event = AuditEvent.objects.get(action="issue token")
    assert event.source == "command" and event.object_type == "ApiToken"
    assert token not in str(event.__dict__)


@pytest.mark.parametrize(
    ("username", "active", "code"), [("nobody", True, 2), ("a\x00b", True, 2), ("nurse", False, 1)]
)
def test_an_unknown_or_deactivated_user_gets_a_sentence_and_no_token(username, active, code):
    make_user(make_team(), Role.VACCINATOR, username="nurse", is_active=active)
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("api_token", username, stdout=out)
    assert refused.value.returncode == code
    assert str(refused.value).endswith(".")
    assert not out.getvalue() and not ApiToken.objects.exists()


def test_a_token_ends_with_its_user_its_time_or_a_revocation():
    user = make_user(make_team(), Role.VACCINATOR, username="nurse")
    now = timezone.now()
    old = issue_token(user=user, by=None, at=now - timedelta(days=91), source="command")
    revoked = issue_token(user=user, by=None, at=now, source="command")
    revoke_token(token=ApiToken.objects.order_by("id").last(), by=user, at=now, source="admin")
    good = issue_token(user=user, by=None, at=now, source="command")
    assert who(good) == user
    for token in (old, revoked, "unknown"):
        with pytest.raises(AuthenticationFailed):
            who(token)
    user.is_active = False
    user.save()
    with pytest.raises(AuthenticationFailed):
        who(good)
