"""What tests of payments do: run the local Stripe, join, pay, deliver what Stripe tells, drain the queues."""

import contextlib
import datetime
import functools
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import stripe as library
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Seats
from payments.flows import checkout
from payments.models import Dispute, LedgerAccount, LedgerEntry, Payment, Payout, Refund, StripeEvent
from studyplatform.kit import queue

OK = "4242424242424242"
AT_ONCE = "4000000000000077"  # its money is available at once
QUEUES = ("drain_events", "drain_payments", "drain_disputes", "drain_refunds", "drain_payouts", "drain_called_off")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class LocalStripe:
    """The local Stripe as a process of its own."""

    def __init__(self, data: Path, webhook_url: str = "", *more: str, log: str = "") -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "studyplatform.demo.stripe", "--port", str(self.port), "--data", str(data)]
        secret = settings.STRIPE_WEBHOOK_SECRET
        hooks = ["--webhook-url", webhook_url, "--webhook-secret", secret] if webhook_url else []
        environment = {**os.environ, "STRIPE_SANDBOX_LOG": log}
        self.process = subprocess.Popen([*command, *hooks, "--settle-seconds", "3600", *more], env=environment)
        self._wait()

    def _wait(self) -> None:
        for _ in range(100):
            with contextlib.suppress(OSError):
                self.ask("GET", "ready")
                return
            time.sleep(0.1)
        raise RuntimeError("the local Stripe does not answer")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def ask(self, method: str, path: str, **body: Any) -> Any:
        request = urllib.request.Request(f"{self.address}/_sandbox/{path}", json.dumps(body).encode(), method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def pay(self, session: str, card: str = OK, **more: Any) -> dict[str, Any]:
        return self.ask("POST", "pay", session=session, card=card, **more)

    def take(self, amount: int, currency: str, card: str = OK) -> str:
        """Take money past us, as somebody does in Stripe's own pages; return the payment intent."""
        price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "A"}}
        lines = [{"quantity": 1, "price_data": price}]
        params: Any = {"mode": "payment", "success_url": "https://a.example/", "line_items": lines}
        return str(self.pay(self.api.v1.checkout.sessions.create(params=params).id, card)["session"]["payment_intent"])

    def fault(self, on: str, kind: str, times: int = 1, seconds: float = 0.2) -> None:
        self.ask("POST", "faults", on=on, kind=kind, times=times, seconds=seconds)

    def settle(self) -> None:
        self.ask("POST", "settle")

    def onboard(self, account: str, person: str = "fine") -> dict[str, Any]:
        """Do what the page of an account link does: fine, document, back, unfinished; or what Stripe does later:
        look_again, ask_soon, reject, disconnect."""
        return self.ask("POST", "onboard", account=account, person=person)["account"]

    def dispute(self, intent: str, *done: str, **how: Any) -> str:
        """Have a payment disputed, or inquired about, and do with it what is named; returns its id."""
        made = self.ask("POST", "dispute", intent=intent, **how)["dispute"]["id"]
        for what in done:
            self.decide(made, what)
        return str(made)

    def decide(self, dispute: str, what: str) -> None:
        """Be who answers a dispute, or the bank: answer, escalate, win, lose."""
        self.ask("POST", "decide", dispute=dispute, what=what)

    def clear(self) -> None:
        self.ask("DELETE", "faults")

    @functools.cached_property
    def api(self) -> library.StripeClient:
        """Stripe's own library, with a connection it keeps."""
        return library.StripeClient(settings.STRIPE_API_KEY, base_addresses={"api": self.address})

    def balance(self, currency: str) -> int:
        """What Stripe itself says it holds: the sum of all its balance transactions."""
        entries = self.api.v1.balance_transactions.list(params={"limit": 100}).auto_paging_iter()
        return sum(entry.net for entry in entries if entry.currency == currency.lower())

    def events_about(self, *ids: str) -> list[dict[str, Any]]:
        """Events whose object names one of the ids, oldest first."""
        found = [event.to_dict() for event in self.api.v1.events.list(params={"limit": 100}).auto_paging_iter()]
        return [event for event in reversed(found) if any(one in json.dumps(event["data"]) for one in ids)]


def join_url(cohort: Cohort) -> str:
    return reverse("join", args=[cohort.study.slug, cohort.number])


def return_url(payment: Payment) -> str:
    return reverse("checkout_return", args=[payment.public_id])


def join(browser: Client, cohort: Cohort, **more: Any) -> HttpResponse:
    """Press "Go on and pay"."""
    return browser.post(join_url(cohort), {"terms": "on", **more})


def begin(browser: Client, cohort: Cohort, **more: Any) -> Payment:
    """Press "Go on and pay" and be sent to the hosted page; returns the payment."""
    answer = join(browser, cohort, **more)
    assert answer.status_code == 303, answer.content.decode()
    return Payment.objects.get(address=answer.url)


def bought(stripe: LocalStripe, browser: Client, cohort: Cohort, **more: Any) -> Enrollment:
    """Join, pay on the hosted page, and come back; returns the place."""
    payment = begin(browser, cohort, **more)
    stripe.pay(payment.reference)
    checkout.look(payment)
    return Enrollment.objects.get(payment_lines__payment=payment)


def signed(event: dict[str, Any] | bytes, at: int | None = None, secret: str = "") -> dict[str, Any]:
    """The request Stripe would make for an event."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    header = library.WebhookSignature.generate_signature_header(
        body.decode(), secret or settings.STRIPE_WEBHOOK_SECRET, at
    )
    return {
        "path": reverse("stripe_webhook"),
        "data": body,
        "content_type": "application/json",
        "headers": {"Stripe-Signature": header},
    }


def deliver(event: dict[str, Any] | bytes, **options: Any) -> int:
    return Client().post(**signed(event, **options)).status_code


def hurry() -> None:
    """Make everything that waits due now."""
    for model in (StripeEvent, Payment, Refund, Payout, Dispute):
        model.queue.waiting().update(due_at=timezone.now())


def drain(*names: str) -> None:
    """Let the queues do what is due, until nothing is."""
    for _ in range(3):
        queue.drain("cohorts.drain_cohort_news")  # who is to be refunded is told first
        for name in names or QUEUES:
            queue.drain(f"payments.{name}")


def run_out(payment: Payment) -> None:
    """Let the time of a hosted page and of its hold be over."""
    past = timezone.now() - datetime.timedelta(seconds=1)
    Payment.objects.filter(pk=payment.pk).update(expires_at=past, due_at=past)
    Enrollment.objects.filter(payment_lines__payment=payment).update(hold_until=past)


def balance(kind: str, currency: str = "KRW") -> int:
    entries = LedgerEntry.objects.filter(account__kind=kind, account__currency=currency)
    return sum(entries.values_list("amount", flat=True))


def assert_books_match(stripe: LocalStripe, cohort: Cohort, before: int = 0) -> None:
    """The ledger sums to zero and to Stripe's own balance; the seats to the enrollments that take one."""
    for currency in {account.currency for account in LedgerAccount.objects.all()}:
        assert sum(LedgerEntry.objects.filter(account__currency=currency).values_list("amount", flat=True)) == 0
    assert balance("stripe", cohort.currency) == stripe.balance(cohort.currency) - before
    assert_seats_match(cohort)


def assert_seats_match(cohort: Cohort) -> None:
    places = Enrollment.objects.filter(cohort=cohort)
    standing = (places.filter(state__in=Enrollment.SEATED).count(), places.filter(state="waitlisted").count())
    row = Seats.objects.get(cohort=cohort)
    assert (row.taken, row.waiting) == standing
