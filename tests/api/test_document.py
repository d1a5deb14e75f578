"""What docs/api.md says can be asked, can be asked."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from cohorts.models import Cohort, Study
from showcase.models import CaseStudy
from studyplatform.accounts.models import User
from tests.api.test_mine import post, token
from tests.api.test_reading import get
from tests.cohorts.waiting_line import full
from tests.payments.conftest import local_stripe, stripe  # noqa: F401
from tests.payments.deposits import switch_on
from tests.payments.test_join_api import AGREED

pytestmark = pytest.mark.django_db
SENT = r"^    (POST|PATCH|DELETE) (\S+)(?:    (.*))?$"
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
    key = token(member, "join", "write")
    asked = [one for one in sent() if "/deposit/" not in one[1] and "/waiting/" not in one[1]]
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


def test_a_deposit_is_asked_for_as_written(host: User, cohort: Cohort, stranger: User) -> None:
    switch_on(host, cohort)
    key = token(stranger, "join")
    held = post(f"/api/v1/studies/{cohort.study.slug}/cohorts/1/enrollments/", key, **AGREED, provider="bank").json()
    ((_method, address, body),) = [one for one in sent() if "/deposit/" in one[1]]
    here = address.replace("<payment.id>", held["payment"]["id"])
    answer = Client().generic("POST", here, body, content_type="application/json", headers=key)
    assert answer.status_code == 201, answer.content


def test_one_stands_in_line_and_lets_go_as_written(study: Study, stranger: User) -> None:
    full(study)
    asked = [one for one in sent() if "/waiting/" in one[1]]
    assert [method for method, _address, _body in asked] == ["POST", "DELETE"]
    for method, address, _body in asked:
        assert Client().generic(method, address, headers=token(stranger, "join")).status_code in (201, 204)


def sent() -> list[tuple[str, str, str]]:
    """Return method, address and body of what the page says can be sent."""
    return re.findall(SENT, TEXT, re.MULTILINE)


def _last_draft() -> str:
    return str(CaseStudy.objects.values_list("public_id", flat=True).last())
