"""What somebody paid, and a receipt to print; each person's own."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Study
from payments.models import BankDeposit, Payment, PaymentLine
from payments.services import receipts, refunds
from studyplatform.accounts.models import User
from tests.admin.desk import press
from tests.payments import deposits as bank
from tests.payments.money_world import paid_seat
from tests.payments.test_moving import plain
from tests.people import make_cohort, sign_in

pytestmark = pytest.mark.django_db


def bought(person: User, cohort: Cohort) -> PaymentLine:
    line = paid_seat(person, cohort)
    Payment.objects.filter(pk=line.payment_id).update(paid_at=timezone.now(), method="visa 4242")
    receipts.issue(line.payment)
    return line


def test_the_buyer_finds_the_receipt_and_nobody_else_does(cohort: Cohort, stranger: User, host: User) -> None:
    line = bought(stranger, cohort)
    url = reverse("receipt", args=[line.payment.public_id])
    number = line.payment.receipt.number
    mine = sign_in(stranger)
    assert number in mine.get(reverse("payments")).content.decode()
    page = mine.get(url).content.decode()
    for shown in (number, "₩150,000", "visa 4242", "내 일에 AI 쓰기, cohort 1", "stranger@example.com"):
        assert shown in page
    assert sign_in(host).get(url).status_code == 404
    assert number not in sign_in(host).get(reverse("payments")).content.decode()
    for address in (url, reverse("payments")):
        assert Client().get(address).url.startswith(reverse("account_login"))


def test_the_welcome_names_what_leaving_still_gives_and_no_session_of_a_cohort_that_is_over(
    cohort: Cohort, stranger: User
) -> None:
    line = bought(stranger, cohort)
    url = reverse("checkout_return", args=[line.payment.public_id])
    assert "₩150,000 comes back" in (page := sign_in(stranger).get(url).content.decode())
    assert "First session" in page
    first, *_, last = cohort.sessions.order_by("starts_at")
    with time_machine.travel(first.ends_at):
        page = sign_in(stranger).get(url).content.decode()
        assert "₩112,500 comes back" in page
        assert "Next session" in page
    with time_machine.travel(last.ends_at):
        Cohort.objects.update(state=Cohort.State.FINISHED)
        page = sign_in(stranger).get(url).content.decode()
        assert "comes back" not in page
        assert "Dates will follow" not in page


def test_what_came_back_stands_on_both(cohort: Cohort, stranger: User) -> None:
    line = bought(stranger, cohort)
    refunds.void(refunds.owe(line, 40_000, "a mistake"))
    refunds.owe(line, 112_500, "left")
    mine = sign_in(stranger)
    assert "₩112,500" in mine.get(reverse("payments")).content.decode()
    page = mine.get(reverse("receipt", args=[line.payment.public_id])).content.decode()
    assert "−₩112,500" in page
    assert "40,000" not in page


def test_who_has_paid_nothing_is_told_so(stranger: User) -> None:
    assert "Nothing paid yet." in sign_in(stranger).get(reverse("payments")).content.decode()


def test_a_payment_that_gave_no_seat_has_no_receipt(cohort: Cohort, stranger: User) -> None:
    line = paid_seat(stranger, cohort)
    assert sign_in(stranger).get(reverse("receipt", args=[line.payment.public_id])).status_code == 404


def test_the_list_costs_the_same_at_any_number(study: Study, stranger: User) -> None:
    mine = sign_in(stranger)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            mine.get(reverse("payments"))
        return len(seen)

    bought(stranger, make_cohort(study))
    few = queries()
    for _ in range(4):
        bought(stranger, make_cohort(study))
    assert queries() == few


def test_the_list_says_what_is_so_when_nothing_was_paid_when_money_is_awaited_and_when_it_came(
    host: User, cohort: Cohort, buyer: Client
) -> None:
    account = bank.switch_on(host, cohort)

    def page() -> str:
        return plain(buyer.get(reverse("payments")))

    nothing, awaited = "Nothing paid yet.", "Once all of it has arrived"
    assert nothing in (first := page())
    assert awaited not in first
    payment = bank.order(buyer, cohort)
    for number, amount in enumerate((100_000, 50_000)):  # a part, and the rest
        assert [one in page() for one in (awaited, "is awaited", nothing)] == [True, True, False]
        bank.paid_in(account, payment, amount, str(number))
        press(bank.at_desk(), "payments.bankdeposit", "match", BankDeposit.objects.latest("pk"), sure="1")
    paid = page()
    assert [one for one in (nothing, awaited, "is awaited") if one in paid] == []
    assert Payment.objects.get().receipt.number in paid
