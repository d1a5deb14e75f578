"""Receipts of payments made together: numbered in a row, each once."""

import pytest
import time_machine

from cohorts.models import Cohort
from payments.services import receipts
from studyplatform.accounts.models import User
from tests.payments.money_world import paid_seat
from tests.people import make_cohort

pytestmark = pytest.mark.django_db


def test_payments_made_together_are_numbered_in_a_row(cohort: Cohort, stranger: User, host: User) -> None:
    first = paid_seat(stranger, cohort).payment
    before = receipts.issue(first)
    second, third = (paid_seat(person, make_cohort(cohort.study)).payment for person in (host, stranger))
    rows = receipts.issue_all([third, first, second])
    begun = int(before.number.rpartition("-")[2])
    assert [int(row.number.rpartition("-")[2]) for row in rows] == [begun + 1, begun, begun + 2]
    assert [row.payment for row in rows] == [third, first, second]
    assert receipts.issue_all([third, second]) == [rows[0], rows[2]]


def test_each_year_begins_with_the_first_number_at_midnight_in_seoul(
    cohort: Cohort, stranger: User, host: User, partner: User
) -> None:
    def number(person: User, moment: str) -> str:
        payment = paid_seat(person, cohort).payment
        with time_machine.travel(moment, tick=False):
            return receipts.issue(payment).number

    assert number(stranger, "2026-12-31 14:59Z") == "R-2026-000001"
    assert number(host, "2026-12-31 15:00Z") == "R-2027-000001"
    assert number(partner, "2026-12-31 15:01Z") == "R-2027-000002"
