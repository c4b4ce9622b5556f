"""What is said after a visit and what the guide to side effects says are the same."""

import re

import pytest
from django.conf import settings
from django.utils.translation import override

from clinics.guides.files import files
from immunisations.aftercare import AFTERWARDS, GET_HELP, GET_HELP_MEASLES

pytestmark = pytest.mark.once
GUIDE = {file.language: " ".join(file.text.body.split()) for file in files() if file.slug == "side-effects"}


def begins(sentence: object) -> str:
    """When something comes, as a sentence begins: “About 3 weeks later”."""
    return re.split("[,:،]", str(sentence))[0]


@pytest.mark.parametrize("code", [code for code, _name in settings.LANGUAGES])
def test_the_guide_says_of_each_late_side_effect_the_same_time_as_what_is_handed_out(code: str) -> None:
    _at_the_place, measles, mumps = AFTERWARDS["MMR"]
    with override(code):
        for sentence in (measles, mumps):
            assert f"- {begins(sentence)}:" in GUIDE[code]


def test_the_guide_sends_people_for_help_as_what_is_handed_out_does() -> None:
    guide = GUIDE["en-gb"].lower()
    at_the_place, *_late = AFTERWARDS["MMR"]
    assert "2 or 3 days" in str(at_the_place) and "usually go away in 2 or 3 days" in guide
    assert begins(GET_HELP_MEASLES).lower() in guide and str(GET_HELP_MEASLES).endswith("a doctor the same day.")
    assert "a doctor needs to see them the same day" in guide and "a doctor should see it the same day" in guide
    call = str(GET_HELP[1])
    for limit in ("38°C or more", "39°C or more", "under 3 months"):
        assert limit in call and limit.lower() in guide
