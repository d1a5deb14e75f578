"""Addresses people make up: whatever stands in them, the answer is a page that says so, never a fault."""

import pytest
from django.test import Client

from cohorts.models import Cohort
from tests.people import sign_in

pytestmark = pytest.mark.django_db

NUL = (
    "/calendar/%00.ics",
    "/sessions/%00.ics",
    "/checkout/%00/return/",
    "/account/payments/a%00b/receipt/",
    "/c/ai-at-work/1/sessions/%00/",
    "/c/ai-at-work/1/people/?q=%00",
    "/studio/ai-at-work/cohorts/1/people/?q=a%00b",
)


@pytest.mark.parametrize("target", NUL)
def test_a_nul_leads_nowhere(cohort: Cohort, host, target: str) -> None:
    answer = sign_in(host).get(target)
    assert answer.status_code == 404
    assert b"<h1>" in answer.content


def test_the_same_addresses_without_it_are_found(cohort: Cohort, host) -> None:
    for target in ("/c/ai-at-work/1/people/?q=a", "/studio/ai-at-work/cohorts/1/people/?q=%2500"):
        assert sign_in(host).get(target).status_code == 200, target
    assert Client().get("/studies/?from=%2500").status_code == 200
