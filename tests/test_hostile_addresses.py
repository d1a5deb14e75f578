"""Addresses people make up: whatever stands in them, the answer is a page that says so, never a fault."""

import pytest
from django.test import Client
from django.urls import get_resolver

from cohorts.models import Cohort
from tests.access.trying import names
from tests.people import sign_in

pytestmark = pytest.mark.django_db

NUMBERS = {"number", "pk", "year", "position", "object_id"}  # how parts of addresses are called that are numbers
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


def test_a_number_no_table_holds_leads_nowhere(cohort: Cohort, host, admin) -> None:
    """Nor does nought: each address with a number in it, asked and told, as a host and at the desk."""
    wrong, seen = [], 0
    for browser in (sign_in(host), sign_in(admin)):
        browser.raise_request_exception = False
        for template, parts in numbered():
            for number in ("9" * 25, "0"):
                known = {name: number if name in NUMBERS else "ai-at-work" for name in parts}
                for ask in (browser.get, browser.post):
                    answer = ask(f"/{template % known}")
                    wrong += [f"/{template % known}: {answer.status_code}"] if answer.status_code >= 500 else []
                    seen += 1
    assert not wrong, "\n".join(wrong)
    assert seen > 300


def numbered() -> list[tuple[str, list[str]]]:
    """Return the addresses that name something by its number: with %(names)s, and the names."""
    known = get_resolver().reverse_dict
    found = [one for name in names() if name in known for ways, *_ in known.getlist(name) for one in ways]
    return [(template, parts) for template, parts in found if NUMBERS & set(parts)]
