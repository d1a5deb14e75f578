"""The books against what made them: each check finds what is wrong, and nothing where all is right."""

import pytest
from django.db import connection

from cohorts.models import Cohort, Enrollment, Seats
from payments.models import Difference, LedgerEntry, PaymentLine
from payments.services import ledger, reconciliations, refunds
from payments.services.audits import CHECKS
from tests.payments.buying import LocalStripe
from tests.payments.nights import a_night, kinds, paid, send_refunds
from tests.people import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_enough")]


def found() -> list[tuple[str, int | None, int | None]]:
    return [(one.kind, one.ours, one.theirs) for check in CHECKS.values() for one in check()]


@pytest.fixture
def line(own_stripe: LocalStripe, cohort: Cohort) -> PaymentLine:
    """One of two seats that were paid; half of the other's money went back, and a refund was taken back."""
    first, second = (paid(own_stripe, cohort, name).lines.get() for name in ("first", "second"))
    refunds.owe(second, 75_000, "left")
    send_refunds()
    assert refunds.void(refunds.owe(first, 1_000, "mistake"))
    assert found() == []
    return PaymentLine.objects.get(pk=first.pk)


def past_the_guards(sql: str) -> None:
    """Do what PostgreSQL lets nobody do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what was booked rightly is checked before
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_a_booking_that_does_not_sum_to_zero(line: PaymentLine) -> None:
    entry = LedgerEntry.objects.filter(transaction__cause=f"fee:{line.pk}").first()
    assert entry
    past_the_guards(f"UPDATE payments_ledgerentry SET amount = amount + 7 WHERE id = {entry.pk}")
    assert found() == [("unbalanced", 7, 0)]


def test_a_paid_payment_whose_sale_is_not_booked(line: PaymentLine) -> None:
    sale = f"SELECT id FROM payments_ledgertransaction WHERE cause = 'sale:{line.pk}'"
    past_the_guards(f"DELETE FROM payments_ledgerentry WHERE transaction_id IN ({sale})")
    assert found() == [("unsold", 0, 150_000)]


def test_refunds_that_do_not_sum_up(line: PaymentLine) -> None:
    PaymentLine.objects.filter(pk=line.pk).update(refunded=5_000)
    assert found() == [("refunds_unequal", 5_000, 0)]


def test_seats_counted_wrong(line: PaymentLine) -> None:
    Seats.objects.update(taken=5)
    assert found() == [("miscounted", 5, 2)]


def test_a_seat_nobody_paid_for(line: PaymentLine, cohort: Cohort) -> None:
    person = make_person("in", "들어온 사람")
    fields = {"policy": line.enrollment.policy, "terms": line.enrollment.terms, "currency": "KRW", "cohort": cohort}
    Enrollment.objects.create(person=person, state="active", price=150_000, **fields)
    free = make_person("free", "무료")
    Enrollment.objects.create(person=free, state="active", price=0, **fields)
    Seats.objects.update(taken=4)
    assert found() == [("unpaid", 150_000, 0)]


def test_a_night_writes_them_down_and_closes_what_is_gone(line: PaymentLine) -> None:
    Seats.objects.update(taken=5)
    a_night()
    row = Difference.objects.get()
    assert (row.kind, row.state, row.about) == ("miscounted", "open", "cohorts.cohort")
    assert not reconciliations.look_again(row)
    Seats.objects.update(taken=2)
    a_night()
    assert (kinds(), kinds("cured")) == ([], ["miscounted"])


def test_a_check_is_about_now_whoever_booked_it(line: PaymentLine) -> None:
    """Bookings of other kinds change nothing."""
    ledger.post("other:1", {ledger.account("bank", "KRW"): 5, ledger.account("platform", "KRW"): -5})
    assert found() == []
