"""A host who is paid in dollars, from a page that asks where to, by Stripe's own page, to a page that says paid."""

import re
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort
from payments.flows import checkout
from payments.models import Payout, StripeEvent
from payments.services import payouts, releases
from tests.cohorts.hosting import english
from tests.payments.buying import AT_ONCE, LocalStripe, assert_books_match, begin, deliver, drain, hurry
from tests.people import make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db

DETAILS = {"name": "Daniel Cho", "born": "1984-05-02", "bank": "000123456789", "terms": "yes", "go": "finish"}


@pytest.fixture
def cohort(db: None) -> Cohort:
    return make_cohort(make_study(make_person("host", "Daniel")), currency="USD", amount=12_000, subgroups=0)


class Stay(urllib.request.HTTPRedirectHandler):
    """Show where a page leads instead of going there."""

    def redirect_request(self, *_: Any) -> None:
        return None


def fill_in(address: str) -> str:
    """Open Stripe's page as a browser would, hand everything in, and return where it leads back to."""
    page = urllib.request.urlopen(address, timeout=30).read().decode()
    assert all(f'name="{part}"' in page for part in ("name", "born", "bank", "terms"))
    with pytest.raises(urllib.error.HTTPError, match="303") as led:
        urllib.request.build_opener(Stay).open(address, urlencode(DETAILS).encode(), timeout=30)
    return str(led.value.headers["Location"])


def text(browser: Client, name: str) -> str:
    return browser.get(reverse(name)).content.decode()


def sell(stripe: LocalStripe, cohort: Cohort) -> None:
    for name in ("first", "second"):
        payment = begin(sign_in(make_person(name, name)), cohort)
        stripe.pay(payment.reference, AT_ONCE)
        checkout.look(payment)
    hurry()
    drain()
    for session in cohort.sessions.order_by("number"):
        releases.release(session)


def tell(stripe: LocalStripe, account: str) -> list[str]:
    """Deliver what happened to the account, as Stripe's own requests; return what it was."""
    found = stripe.api.v1.events.list(params={"limit": 100}, options={"stripe_account": account}).data
    for event in reversed(found):
        assert deliver(event.to_dict()) == 200
    drain("drain_events")
    return [event.type for event in found]


def test_from_where_do_you_live_to_paid(own_stripe: LocalStripe, cohort: Cohort) -> None:
    sell(own_stripe, cohort)
    host = english(cohort.study.payee)
    assert "Where should your money go?" in text(host, "earnings")
    assert payouts.run() == 0

    asked = host.get(reverse("payee") + "?country=US").content.decode()
    assert "Go on to Stripe" in asked
    stripes_page = host.post(reverse("payee_stripe"), {"country": "US"}).url
    account = re.search(r"acct_\w+", stripes_page)
    assert account
    assert "You are not finished at Stripe" in text(host, "earnings")
    back = fill_in(stripes_page)
    assert back.endswith(reverse("payee_return"))
    host.get(reverse("payee_return"))
    assert "You are paid through Stripe" in text(host, "payee")

    assert payouts.run() == 1
    row = Payout.objects.get()
    assert (row.state, row.amount) == ("approved", 20_916)  # less fees and a tenth; nobody approves it: decision 9
    assert "On its way within minutes." in text(host, "earnings")
    drain("drain_payouts")
    own_stripe.settle()
    assert "payout.paid" in tell(own_stripe, account[0])
    page = text(host, "earnings")
    assert "Sent to your Stripe account, which passes it on to your bank." in page
    assert '<span class="badge badge-good">paid</span>' in page
    assert f"P{row.pk}" in page
    assert "nothing at the moment" in page
    assert not StripeEvent.objects.filter(done_at=None).exists()
    assert_books_match(own_stripe, cohort)


def test_when_the_hosts_own_bank_sends_it_back_they_are_asked_for_another(
    own_stripe: LocalStripe, cohort: Cohort
) -> None:
    """The money is in their own Stripe account then; the next payout waits until Stripe can pass it on."""
    sell(own_stripe, cohort)
    host = english(cohort.study.payee)
    stripes_page = host.post(reverse("payee_stripe"), {"country": "US"}).url
    account = re.search(r"acct_\w+", stripes_page)
    assert account
    own_stripe.onboard(account[0], "back")
    host.get(reverse("payee_return"))
    payouts.run()
    drain("drain_payouts")
    own_stripe.settle()
    assert "payout.failed" in tell(own_stripe, account[0])
    assert Payout.objects.get().state == "paid"
    assert "Stripe asks for something more" in text(host, "earnings")
    assert cohort.study.payee.letters.filter(key__startswith="stripe-asks").count() == 1
    assert payouts.run() == 0
