"""What docs/api.md says can be asked, can be asked."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from cohorts.models import Cohort
from studyplatform.accounts.models import User
from tests.api.test_mine import post, token
from tests.api.test_reading import get

pytestmark = pytest.mark.django_db
TEXT = Path(settings.BASE_DIR, "docs", "api.md").read_text()


def test_every_example_works(cohort: Cohort, member: User) -> None:
    key = token(member, "read")
    addresses = re.findall(r"^    GET (\S+)$", TEXT, re.MULTILINE)
    assert len(addresses) >= 12
    for address in addresses:
        alone = get(address).status_code
        assert alone == (401 if "/me/" in address else 200), address
        assert get(address, **key).status_code == 200, address


def test_a_turn_is_taken_and_passed_on_as_written(cohort: Cohort, member: User) -> None:
    key = token(member, "join")
    take, pass_on = re.findall(r"^    POST (\S+)", TEXT, re.MULTILINE)
    session = cohort.sessions.first().public_id
    assert post(take.replace("<id>", session), key).status_code == 201
    assert post(pass_on.replace("<id>", session), key, reason="I am away that week.").status_code == 201
