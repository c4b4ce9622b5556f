"""Leaving clears what a browser has kept. That no answer of staff's may be kept, the walk of every address shows."""

import pytest
from django.urls import reverse

from accounts.models import Role
from tests.support.factories import make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_signing_out_has_the_browser_clear_what_it_kept(client):
    client.force_login(make_user(make_team(), Role.DESK))
    assert "Clear-Site-Data" not in client.get(reverse("account_logout"))
    left = client.post(reverse("account_logout"))
    assert left["Clear-Site-Data"] == '"cache", "storage"' and "no-store" in left["Cache-Control"]
    assert client.get(reverse("account-home")).status_code == 302
