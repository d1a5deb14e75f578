"""What PostgreSQL itself refuses in payments' tables: each guard is broken on purpose, by its name.

A new constraint, unique index or trigger fails the last test until it stands here.
"""

import datetime
import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from cohorts.models import Cohort
from payments.models import (
    BankDeposit,
    BankMovement,
    CashReceipt,
    DepositAccount,
    DepositOrder,
    DepositPlan,
    DepositReturn,
    Difference,
    Dispute,
    Due,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Payee,
    Payment,
    PaymentLine,
    Payout,
    PayoutBatch,
    Receipt,
    Reconciliation,
    Refund,
    StripeEvent,
    StripeMovement,
    Taxpayer,
)
from payments.services import receipts, sales
from studyplatform.accounts.models import User
from tests.people import enroll, make_person

pytestmark = pytest.mark.django_db

Fields = dict[str, Any]
MONTHS = datetime.timedelta(days=90)
OTHER = {"payment": "other"}  # the guard is about one payment: a copy of its row names another one

CHANGED: dict[str, tuple[type[models.Model], Fields]] = {
    "bank_deposit_matched_to": (BankDeposit, {"state": "matched", "payout": None}),
    "bank_deposit_positive": (BankDeposit, {"amount": 0}),
    "bank_movement_not_zero": (BankMovement, {"amount": 0}),
    "cash_receipt_issued_whole": (CashReceipt, {"state": "issued"}),
    "cash_receipt_number_ends": (CashReceipt, {"number_sealed": "sealed"}),
    "deposit_order_ends": (DepositOrder, {"deadline": timezone.now() + MONTHS}),
    "deposit_order_named": (DepositOrder, {"depositor": ""}),
    "deposit_plan_hours": (DepositPlan, {"hours": 49}),
    "deposit_plan_share": (DepositPlan, {"share": 10_001}),
    "deposit_return_positive": (DepositReturn, {"amount": 0}),
    "deposit_return_sent": (DepositReturn, {"state": "sent"}),
    "dispute_closed_when_over": (Dispute, {"state": "lost"}),
    "dispute_positive": (Dispute, {"amount": 0}),
    "due_positive": (Due, {"amount": 0}),
    "line_lost_within": (PaymentLine, {"lost": 150_001}),
    "line_refund_within": (PaymentLine, {"refunded": 150_001}),
    "batch_checked": (PayoutBatch, {"state": "approved"}),
    "batch_two_people": (PayoutBatch, {"checker": models.F("maker")}),
    "refund_positive": (Refund, {"amount": 0}),
    "business_has_number": (Taxpayer, {"kind": "business"}),
    "resident_number_ends": (Taxpayer, {"resident_sealed": "sealed"}),
    "ledger_entry_never_changes": (LedgerEntry, {"amount": 1}),
    "ledger_transaction_never_changes": (LedgerTransaction, {"cause": "another"}),
    "payout_never_changes": (Payout, {"income_tax": 1}),
}
COPIED: dict[str, tuple[type[models.Model], Fields]] = {
    "bank_deposit_once": (BankDeposit, {"payout": None}),
    "payments_bankdeposit_payout_id_key": (BankDeposit, {"reference": "other"}),
    "bank_movement_once": (BankMovement, {"stands_for": ""}),
    "bank_movement_for_one": (BankMovement, {"reference": "other"}),
    "payments_cashreceipt_payment_id_key": (CashReceipt, {}),
    "payments_depositaccount_fingerprint_key": (DepositAccount, {}),
    "deposit_code_once": (DepositOrder, OTHER),
    "payments_depositorder_payment_id_key": (DepositOrder, {"code": "other"}),
    "payments_depositreturn_deposit_id_key": (DepositReturn, {"reference": "other"}),
    "payments_depositreturn_reference_key": (DepositReturn, {"deposit": "other"}),
    "payments_difference_cause_key": (Difference, {}),
    "payments_dispute_reference_key": (Dispute, {}),
    "due_once": (Due, {}),  # for no session too: nothing counts as equal here
    "account_once": (LedgerAccount, {}),
    "payments_ledgertransaction_cause_key": (LedgerTransaction, {}),
    "payments_payee_person_id_key": (Payee, {"stripe_account": "acct_other"}),
    "payments_payee_stripe_account_key": (Payee, {"person": "other"}),
    "payment_charge_once": (Payment, {"public_id": "other", "reference": "other"}),
    "payment_reference_once": (Payment, {"public_id": "other", "charge": "other"}),
    "payments_payment_public_id_key": (Payment, {"reference": "other", "charge": "other"}),
    "line_once": (PaymentLine, {}),
    "payments_payout_reference_key": (Payout, {}),
    "payout_positive": (Payout, {"amount": 0, "reference": "other"}),  # one that is there never changes at all
    "payments_receipt_number_key": (Receipt, OTHER),
    "payments_receipt_payment_id_key": (Receipt, {"number": "other"}),
    "payments_reconciliation_night_key": (Reconciliation, {}),
    "payments_refund_reference_key": (Refund, {"cause": "other"}),
    "refund_cause_once": (Refund, {"reference": "other"}),
    "event_once": (StripeEvent, {}),
    "payments_stripemovement_reference_key": (StripeMovement, {}),
    "payments_taxpayer_payee_id_key": (Taxpayer, {}),
}
ALONE = {"ledger_sums_to_zero", "entry_not_zero"}  # by tests of their own: the first in test_releases.py
SAID = {  # triggers speak in a sentence
    "ledger_entry_never_changes": "the ledger is never changed",
    "ledger_transaction_never_changes": "the ledger is never changed",
    "payout_never_changes": "its amounts never change",
}
GUARDS = """
SELECT conname FROM pg_constraint WHERE conrelid::regclass::text LIKE 'payments_%' AND contype IN ('c', 'u', 'x')
UNION SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid
    WHERE indisunique AND NOT indisprimary AND relname IN
        (SELECT indexname FROM pg_indexes WHERE tablename LIKE 'payments_%')
UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'payments_%'
"""
NEVER_BELOW_ZERO = """
SELECT conrelid::regclass::text, substring(pg_get_constraintdef(oid) FROM '\\(\\((\\w+) >= 0\\)\\)')
FROM pg_constraint WHERE conrelid::regclass::text LIKE 'payments_%' AND conname LIKE '%_check'
"""


@pytest.fixture
def rows(cohort: Cohort, member: User, host: User, admin: User) -> Fields:
    """One row in every table of payments, and others for a copy to name."""
    payment, other = (_paid(cohort, who) for who in (member, make_person("other", "다른 분")))
    now, line = timezone.now(), payment.lines.get()
    queued = {"due_at": now}
    account = DepositAccount.objects.create(bank="국민", holder="두루", fingerprint="f")
    payee = Payee.objects.create(person=host, stripe_account="acct_1")
    payout = Payout.objects.create(payee=payee, amount=1_000, currency="KRW", reference="tr_1")
    lines = {"account": account, "at": now, "amount": 1_000}
    deposit = BankDeposit.objects.create(**lines, reference="1", payout=payout)
    moved = {"currency": "KRW", "at": now}
    BankMovement.objects.create(**lines, reference="1", stands_for="deposit:1")
    CashReceipt.objects.create(payment=payment, purpose="person")
    said = {"account_sealed": "sealed", "depositor": "조다니", "deadline": now}
    DepositOrder.objects.create(payment=payment, account=account, code="AB2CD", **said)
    DepositPlan.objects.create(cohort=cohort, account=account, share=5_000, hours=24)
    DepositReturn.objects.create(deposit=deposit, amount=1_000, cause="over", reference="bank:1")
    Difference.objects.create(cause="fee:1", kind="fee", at=now)
    Dispute.objects.create(
        payment=payment, reference="dp_1", amount=1_000, state="open", opened_at=now, looked_at=now, **queued
    )
    Due.objects.create(kind="cohort", cohort=cohort, person=member, amount=1_000)
    PayoutBatch.objects.create(currency="KRW", maker=admin)
    Reconciliation.objects.create(night=now.date(), until=now, **queued)
    Refund.objects.create(line=line, amount=1_000, cause="late", reference="re_1", **queued)
    StripeEvent.objects.create(event_id="evt_1", kind="charge.updated", object_id="ch_1", raw={}, **queued)
    StripeMovement.objects.create(reference="txn_1", kind="charge", amount=1_000, fee=0, **moved)
    Taxpayer.objects.create(payee=payee)
    second = BankDeposit.objects.create(**lines, reference="2")
    return {"payment": other, "deposit": second, "person": member}


def _paid(cohort: Cohort, person: User) -> Payment:
    at_stripe = {"provider": "stripe", "reference": f"cs_{person.pk}", "charge": f"ch_{person.pk}"}
    payment = Payment.objects.create(
        buyer=person, **at_stripe, amount=150_000, currency="KRW", state="paid", due_at=timezone.now()
    )
    place = cohort.enrollments.filter(person=person).first() or enroll(person, cohort)
    PaymentLine.objects.create(payment=payment, enrollment=place, amount=150_000)
    sales.book(payment)
    receipts.issue(payment)
    return payment


def refused(name: str) -> Any:
    """What PostgreSQL says when it refuses in the name of a guard."""
    return pytest.raises(IntegrityError, match=re.escape(SAID.get(name, f'constraint "{name}"')))


@pytest.mark.parametrize("name", CHANGED)
def test_what_a_row_can_never_say(rows: Fields, name: str) -> None:
    table, wrong = CHANGED[name]
    first = table._default_manager.order_by("pk")[:1].values("pk")
    with refused(name), transaction.atomic():
        table._default_manager.filter(pk__in=first).update(**wrong)


@pytest.mark.parametrize("name", COPIED)
def test_what_a_copy_of_a_row_can_never_be(rows: Fields, name: str) -> None:
    table, changes = COPIED[name]
    row: Any = table._default_manager.order_by("pk")[0]
    row.pk, row._state.adding = None, True
    for field, value in changes.items():
        setattr(row, field, rows[field] if value == "other" and field in rows else value)
    with refused(name), transaction.atomic():
        row.save(force_insert=True)


def test_nothing_is_booked_as_an_amount(rows: Fields) -> None:
    booked = LedgerTransaction.objects.create(cause="nothing")
    with refused("entry_not_zero"), transaction.atomic():
        LedgerEntry.objects.create(transaction=booked, account=LedgerAccount.objects.all()[0], amount=0)


def test_what_is_counted_is_never_below_zero(rows: Fields) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NEVER_BELOW_ZERO)
        found = cursor.fetchall()
        assert len(found) > 10
        for table, column in found:
            with pytest.raises(IntegrityError), transaction.atomic():  # a narrower guard may speak first
                cursor.execute(f"UPDATE {table} SET {column} = -1")


def test_every_guard_stands_here() -> None:
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        there = {name for (name,) in cursor.fetchall() if not name.endswith("_check")}
    assert there == {*CHANGED, *COPIED, *ALONE}
