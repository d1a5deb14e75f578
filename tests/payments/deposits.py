"""What tests of deposits do: switch them on, choose them, transfer, read the bank's file at the desk."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort
from payments.models import DepositAccount, Payment
from studyplatform.accounts.models import User
from tests.admin.desk import listed, press, staff
from tests.payments.buying import join, return_url
from tests.people import sign_in

NUMBER = "123-456-789012"
ACCOUNT = {"bank": "국민은행", "holder": "두루", "account": NUMBER}
MINE = {"depositor": "Daniel Cho", "bank": "신한은행", "holder": "Daniel Cho", "account": "110-222-333444"}
RIGHTS = (
    *("payments.view_depositaccount", "payments.view_bankdeposit", "payments.view_depositreturn"),
    *("payments.view_refund", "payments.handle_refunds", "payments.handle_deposits"),
)
HEAD = "거래일시,적요,보낸분/받는분,출금액,입금액,잔액,거래번호"


def plan_url(cohort: Cohort) -> str:
    return reverse("studio_deposits", args=[cohort.study.slug, cohort.number])


def switch_on(host: User, cohort: Cohort, **more: Any) -> DepositAccount:
    """The host takes deposits in a cohort; the desk has confirmed the account."""
    answer = sign_in(host).post(plan_url(cohort), {"on": "on", "hours": "24", "share": "50", **ACCOUNT, **more})
    assert answer.status_code == 302, answer.content.decode()
    account = DepositAccount.objects.get()
    if not account.confirmed_at:
        press(at_desk(), "payments.depositaccount", "confirm", account, apply="1")
        account.refresh_from_db()
    return account


def at_desk(name: str = "teller") -> Client:
    """A browser of somebody who handles deposits."""
    known = User.objects.filter(email=f"{name}@example.com").first()
    return sign_in(known or staff(name, *RIGHTS, language="en"))


def choose(browser: Client, cohort: Cohort, **more: Any) -> Payment:
    """Join and choose to pay by deposit."""
    answer = join(browser, cohort, provider="bank", **more)
    assert answer.status_code == 302, answer.content.decode()
    return Payment.objects.order_by("-pk")[0]


def tell(browser: Client, payment: Payment, **more: Any) -> HttpResponse:
    """Say who transfers and where money would go back to."""
    return browser.post(reverse("checkout_deposit", args=[payment.public_id]), {**MINE, **more}, follow=True)


def order(browser: Client, cohort: Cohort) -> Payment:
    """Choose to pay by deposit and get account and code."""
    payment = choose(browser, cohort)
    tell(browser, payment)
    payment.refresh_from_db()
    return payment


def line(words: str, amount: int, number: int | str = "", at: str = "", there: int | str = "") -> str:
    """A line of the bank's file: below zero it left; `there` is what the account holds after it."""
    at = at or timezone.localtime().strftime("%Y-%m-%d %H:%M:%S")
    return f'{at},인터넷,"{words}","{max(0, -amount):,}","{max(0, amount):,}",{there},{number}'


def file_of(*lines: str, encoding: str = "utf-8-sig", head: str = HEAD) -> SimpleUploadedFile:
    return SimpleUploadedFile("bank.csv", "\r\n".join(["계좌번호,123", head, *lines]).encode(encoding))


def upload(desk: Client, account: DepositAccount, file: SimpleUploadedFile) -> HttpResponse:
    """Hand the bank's file in at the desk."""
    sent = {"action": "read_file", "_selected_action": [account.pk], "apply": "1", "file": file}
    return desk.post(listed("payments.depositaccount"), sent, follow=True)


def paid_in(account: DepositAccount, payment: Payment, amount: int | None = None, number: int | str = "1") -> None:
    """The money of a payment reached the bank, and the desk reads so."""
    words = f"조다니 {payment.deposit_order.code}"
    upload(at_desk(), account, file_of(line(words, payment.amount if amount is None else amount, number)))
    payment.refresh_from_db()


def page_text(browser: Client, payment: Payment) -> str:
    return browser.get(return_url(payment)).content.decode()
