"""What docs/api.md says can be asked, can be asked."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from cohorts.models import Cohort
from showcase.models import CaseStudy
from studyplatform.accounts.models import User
from tests.api.test_mine import token
from tests.api.test_reading import get
from tests.payments.conftest import local_stripe, stripe  # noqa: F401

pytestmark = pytest.mark.django_db
SENT = r"^    (POST|PATCH) (\S+)(?:    (.*))?$"
TEXT = Path(settings.BASE_DIR, "docs", "api.md").read_text()


def test_every_example_works(cohort: Cohort, member: User) -> None:
    key = token(member, "read")
    addresses = re.findall(r"^    GET (\S+)$", TEXT, re.MULTILINE)
    assert len(addresses) >= 12
    for address in addresses:
        alone = get(address).status_code
        assert alone == (401 if "/me/" in address else 200), address
        assert get(address, **key).status_code == 200, address


@pytest.mark.usefixtures("stripe")
def test_what_is_sent_is_taken_as_written(cohort: Cohort, member: User, stranger: User) -> None:
    """In the order of the page: join, take a turn, pass it on, begin a draft, save and publish it."""
    asked, key = re.findall(SENT, TEXT, re.MULTILINE), token(member, "join", "write")
    assert [method for method, _address, _body in asked] == ["POST", "POST", "POST", "POST", "PATCH", "POST"]
    session = cohort.sessions.first().public_id
    for method, address, body in asked:
        who = token(stranger, "join") if "/enrollments/" in address else key
        here = address.replace("<id>", _last_draft() if "case-studies" in address else session)
        answer = Client().generic(method, here, body or "{}", content_type="application/json", headers=who)
        assert answer.status_code == (200 if method == "PATCH" else 201), answer.content
    assert cohort.enrollments.filter(person=stranger, state="held").exists()
    assert CaseStudy.objects.get().title == "Twelve hundred receipts in an afternoon"
    assert CaseStudy.objects.get().is_public


def _last_draft() -> str:
    return str(CaseStudy.objects.values_list("public_id", flat=True).last())
