"""Fixtures of payments: the local Stripe, and a browser of somebody who wants to join."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.servers.basehttp import WSGIServer
from django.test import Client
from django.urls import reverse

from payments import gateway
from payments.models import Payee
from payments.services import ledger, reconciliations
from studyplatform.accounts.models import User
from tests.payments.buying import LocalStripe
from tests.people import sign_in

WSGIServer.request_queue_size = 256  # a rush of buyers waits in line at the live server instead of being cut off


@pytest.fixture(scope="session")
def local_stripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStripe]:
    running = LocalStripe(tmp_path_factory.mktemp("stripe"))
    yield running
    running.close()


@pytest.fixture
def stripe(local_stripe: LocalStripe, settings: Any) -> Iterator[LocalStripe]:
    """The local Stripe, which the product talks to over HTTP. Its money stays from test to test."""
    settings.STRIPE_API_BASE = local_stripe.address
    yield local_stripe
    local_stripe.clear()


@pytest.fixture
def own_stripe(tmp_path: Path, settings: Any) -> Iterator[LocalStripe]:
    """A local Stripe of this test alone: its balance is what the ledger says."""
    running = LocalStripe(tmp_path)
    settings.STRIPE_API_BASE = running.address
    yield running
    running.close()


@pytest.fixture
def old_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test does is not too young to be compared with Stripe."""
    monkeypatch.setattr(reconciliations, "SETTLING", -datetime.timedelta(seconds=5))


@pytest.fixture
def buyer(stranger: User) -> Client:
    return sign_in(stranger)


@pytest.fixture
def before(stripe: LocalStripe) -> int:
    """What Stripe holds in won when a test begins, with the refunds of other tests that were still to fail."""
    stripe.settle()
    return stripe.balance("KRW")


@pytest.fixture
def telling(live_server: Any, tmp_path: Path, settings: Any) -> Iterator[LocalStripe]:
    """A local Stripe that tells the running site what happens."""
    running = LocalStripe(tmp_path, f"{live_server.url}{reverse('stripe_webhook')}")
    settings.STRIPE_API_BASE = running.address
    yield running
    running.close()


@pytest.fixture
def payee(own_stripe: LocalStripe, host: User) -> Payee:
    """Somebody Stripe pays in dollars, who is owed eighty of them."""
    account = gateway.create_account(key="one", payee="0", country="US", agreement="full", email="h@example.com")
    own_stripe.onboard(account.id)
    own_stripe.ask("POST", "move", kind="topup", amount=50_000, currency="USD", source="tu_1")
    ledger.post("test", {ledger.account("platform", "USD"): 8_000, ledger.payable(host.pk, "USD"): -8_000})
    return Payee.objects.create(
        person=host, country="US", currency="USD", rail="stripe", standing="enabled", enabled=True,
        stripe_account=account.id,
    )  # fmt: skip
