"""Cash receipts: asked for by who paid without a card, issued by hand, their numbers sealed and erased by rule."""

import csv
import datetime
import io

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort
from payments.models import CashReceipt, Payment
from payments.sealed import CASH_RECEIPT, open_seal
from payments.services import cash_receipts, receipts, refunds
from payments.tasks import drain_cash_receipts
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from tests.payments.money_world import paid_seat
from tests.people import make_person, sign_in
from tests.racing import in_turn

pytestmark = pytest.mark.django_db

PHONE = {"purpose": "person", "number": "010-1234-5678"}


@pytest.fixture
def by_bank(cohort: Cohort, stranger: User) -> Payment:
    """A seat paid by a deposit."""
    payment = paid_seat(stranger, cohort).payment
    Payment.objects.filter(pk=payment.pk).update(provider="bank", paid_at=timezone.now())
    payment.refresh_from_db()
    receipts.issue(payment)
    return payment


def url_of(payment: Payment) -> str:
    return reverse("cash_receipt", args=[payment.public_id])


def test_who_paid_by_bank_asks_from_the_receipt(by_bank: Payment, stranger: User, host: User) -> None:
    browser = sign_in(stranger)
    assert url_of(by_bank) in browser.get(reverse("receipt", args=[by_bank.public_id])).content.decode()
    assert browser.post(url_of(by_bank), PHONE).status_code == 302
    row = CashReceipt.objects.get()
    assert (row.state, row.purpose, row.number_last) == ("asked", "person", "5678")
    assert "1234" not in row.number_sealed
    assert open_seal(row.number_sealed, CASH_RECEIPT) == "01012345678"
    page = browser.get(url_of(by_bank)).content.decode()
    assert "5678" in page
    assert "01012345678" not in page
    assert sign_in(host).get(url_of(by_bank)).status_code == 404
    assert Client().get(url_of(by_bank)).status_code == 302


def test_a_card_payment_has_none(by_bank: Payment, stranger: User) -> None:
    for change in ({"provider": "stripe"}, {"currency": "USD"}, {"state": "open"}):
        before = {name: getattr(by_bank, name) for name in change}
        Payment.objects.update(**change)
        assert sign_in(stranger).get(url_of(by_bank)).status_code == 404, change
        with pytest.raises(Refused):
            cash_receipts.ask(by_bank, purpose="person", number="01012345678")
        Payment.objects.update(**before)
    assert sign_in(stranger).get(url_of(by_bank)).status_code == 200


@pytest.mark.parametrize(
    ("purpose", "number"),
    [
        ("person", ""),
        ("person", "02-123-4567"),
        ("person", "010123456789"),
        ("person", "123-45-67891"),
        ("business", "010-1234-5678"),
        ("business", "123-45-67890"),
        ("gift", "010-1234-5678"),
    ],
)
def test_a_number_that_does_not_fit_is_refused(by_bank: Payment, stranger: User, purpose: str, number: str) -> None:
    page = sign_in(stranger).post(url_of(by_bank), {"purpose": purpose, "number": number})
    assert page.status_code == 422
    assert not CashReceipt.objects.exists()


def asked(by_bank: Payment) -> CashReceipt:
    return cash_receipts.ask(by_bank, purpose="business", number="1234567891")


def test_the_desk_fetches_what_is_to_be_issued_and_writes_down_what_was(
    by_bank: Payment, admin: User, stranger: User
) -> None:
    row = asked(by_bank)
    desk = sign_in(admin)
    text = b"".join(desk.get(reverse("admin:payments_cashreceipt_file")).streaming_content).decode()
    cells = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))[1]
    assert cells[0] == by_bank.receipt.number
    assert cells[3:] == ["1234567891", "136364", "13636", "150000"]
    clerk = make_person("clerk", "서기", is_staff=True)
    assert sign_in(clerk).get(reverse("admin:payments_cashreceipt_file")).status_code == 403
    listed = desk.get(reverse("admin:payments_cashreceipt_changelist")).content.decode()
    assert "7891" in listed
    assert "1234567891" not in listed
    said = {"action": "issued", "_selected_action": [row.pk], "apply": "1", "day": "2026-12-01"}
    assert desk.post(reverse("admin:payments_cashreceipt_changelist"), {**said, "approval": "-"}).status_code == 422
    desk.post(reverse("admin:payments_cashreceipt_changelist"), {**said, "approval": "123456789"})
    row.refresh_from_db()
    assert (row.state, row.amount, row.approval) == ("issued", 150_000, "123456789")
    assert row.issued_on == datetime.date(2026, 12, 1)
    assert not cash_receipts.to_issue().exists()
    page = sign_in(stranger).get(reverse("receipt", args=[by_bank.public_id])).content.decode()
    assert "123456789" in page
    with pytest.raises(Refused):
        cash_receipts.ask(by_bank, purpose="person", number="01012345678")


def stuck(admin: User) -> dict[str, int]:
    admin.language = "en"
    admin.save()
    lines = sign_in(admin).get(reverse("admin:index")).context["stuck"]
    return {str(line.words): line.count for line in lines if "cashreceipt" in line.link}


def test_one_whose_money_went_back_is_to_be_corrected(by_bank: Payment, admin: User) -> None:
    row = asked(by_bank)
    assert stuck(admin) == {"Cash receipts to be issued": 1}
    cash_receipts.issue(admin, row, approval="123456789", day=datetime.date(2026, 12, 1))
    assert not cash_receipts.to_correct().exists()
    refunds.owe(by_bank.lines.get(), 50_000, "left")
    assert cash_receipts.to_correct().get() == row
    assert stuck(admin) == {"Cash receipts whose money went back in part": 1}
    cash_receipts.cancel(admin, row, note="일부 환불")
    with pytest.raises(Refused):
        cash_receipts.cancel(admin, row, note="again")
    again = asked(by_bank)
    assert cash_receipts.issue(admin, again, approval="987654321", day=datetime.date(2026, 12, 2)).amount == 100_000


def test_money_that_all_went_back_has_none(by_bank: Payment, admin: User) -> None:
    row = asked(by_bank)
    refunds.owe(by_bank.lines.get(), 150_000, "left")
    assert not cash_receipts.to_issue().exists()
    with pytest.raises(Refused):
        cash_receipts.issue(admin, row, approval="123456789", day=datetime.date(2026, 12, 1))
    with pytest.raises(Refused):
        asked(by_bank)


def test_its_number_is_erased_when_its_day_comes(by_bank: Payment, admin: User) -> None:
    row = asked(by_bank)
    cash_receipts.issue(admin, row, approval="123456789", day=datetime.date(2026, 12, 1))
    assert drain_cash_receipts() == 0
    with time_machine.travel(timezone.now() + cash_receipts.ISSUED):
        assert (drain_cash_receipts(), drain_cash_receipts()) == (1, 0)
    row.refresh_from_db()
    assert (row.number_sealed, row.number_last, row.number_until, row.approval) == ("", "", None, "123456789")


def test_the_database_keeps_no_number_without_its_day_and_nothing_issued_without_its_number(by_bank: Payment) -> None:
    for wrong in ({"number_sealed": "x"}, {"state": "issued"}, {"state": "issued", "approval": "1", "amount": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CashReceipt.objects.create(payment=by_bank, purpose="person", **wrong)


ROW = "payments_cashreceipt"
DAY = datetime.date(2026, 12, 1)


@pytest.mark.django_db(transaction=True)
def test_two_wishes_at_once_are_one(by_bank: Payment) -> None:
    assert in_turn(*[lambda: asked(by_bank)] * 2, table="payments_payment") == ["done", "done"]
    assert CashReceipt.objects.get().state == "asked"


@pytest.mark.django_db(transaction=True)
def test_another_number_while_it_is_issued_comes_too_late(by_bank: Payment, admin: User) -> None:
    """Issued at Hometax it stays issued here, under its approval number."""
    row = asked(by_bank)

    def issue() -> None:
        cash_receipts.issue(admin, row, approval="123456789", day=DAY)

    assert in_turn(issue, lambda: asked(by_bank), table=ROW) == ["done", "refused"]
    assert CashReceipt.objects.values_list("state", "approval", "amount").get() == ("issued", "123456789", 150_000)


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_one_at_once_write_one_down(by_bank: Payment, admin: User) -> None:
    row = asked(by_bank)
    works = [lambda n=n: cash_receipts.issue(admin, row, approval=n, day=DAY) for n in ("111111111", "222222222")]
    assert in_turn(*works, table=ROW) == ["done", "refused"]
    assert CashReceipt.objects.get().approval == "111111111"


@pytest.mark.django_db(transaction=True)
def test_a_number_named_anew_while_the_old_ones_day_comes_stays(by_bank: Payment) -> None:
    row = asked(by_bank)
    CashReceipt.objects.update(number_until=timezone.now())
    assert in_turn(lambda: asked(by_bank), lambda: cash_receipts.forget(row), table=ROW) == ["done", "done"]
    assert open_seal(CashReceipt.objects.get().number_sealed, CASH_RECEIPT) == "1234567891"
