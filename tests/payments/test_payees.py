"""Where people are paid to: the country decides what is offered, and Stripe says who can be paid there."""

import dataclasses
import re
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from payments import rails
from payments.flows import onboarding
from payments.gateway import NoAnswer
from payments.models import Payee, Payout, StripeEvent
from payments.services import batches, payees, payouts
from payments.truth import Account
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from tests.payments.buying import AT_ONCE, LocalStripe, deliver, drain, hurry
from tests.payments.money_world import payee_for
from tests.people import sign_in
from tests.racing import in_turn

pytestmark = pytest.mark.django_db
PAGE, STRIPE, BACK = "payee", "payee_stripe", "payee_return"


@pytest.fixture
def browser(stranger: User) -> Client:
    return sign_in(stranger)


def text(browser: Client, query: str = "") -> str:
    return browser.get(reverse(PAGE) + query).content.decode()


def go(browser: Client, country: str = "US") -> Any:
    return browser.post(reverse(STRIPE), {"country": country})


def tell(stripe: LocalStripe, account: str, *, times: int = 1, backwards: bool = False) -> None:
    """Deliver what happened to an account."""
    found = stripe.api.v1.events.list(params={"limit": 100}, options={"stripe_account": account}).data
    for event in found if backwards else reversed(found):
        for _ in range(times):
            assert deliver(event.to_dict()) == 200
    drain("drain_events")


# ── Which ways a country is offered ───────────────────────────────────────────
@pytest.mark.parametrize(
    ("country", "ways"),
    [
        ("KR", [("bank_file", ("KRW",), "")]),
        ("US", [("stripe", ("USD",), "full")]),
        ("GB", [("stripe", ("USD",), "full")]),
        ("JP", [("stripe", ("USD",), "recipient"), ("bank_file", ("JPY",), "")]),
        ("KZ", [("bank_file", ("KRW", "USD", "JPY"), "")]),
    ],
)
def test_the_country_decides_before_anybody_is_sent_anywhere(
    browser: Client, country: str, ways: list[tuple[str, tuple[str, ...], str]]
) -> None:
    """I-23."""
    assert [(way.rail, way.currencies, way.agreement) for way in rails.offered(country)] == ways
    page = text(browser, f"?country={country}")
    assert ("Go on to Stripe" in page) == any(way[0] == "stripe" for way in ways)
    taken = {currency for _rail, currencies, _agreement in ways for currency in currencies}
    assert {
        code for code, least in {"KRW": "₩10,000", "USD": "$10.00", "JPY": "¥1,000"}.items() if least in page
    } == taken
    assert ('name="account"' in page) == any(way[0] == "bank_file" for way in ways)


def test_first_the_country_is_asked(browser: Client) -> None:
    page = text(browser)
    assert 'name="country"' in page
    assert "South Korea" in page
    assert 'name="account"' not in page
    assert browser.get(reverse(PAGE) + "?country=XX").status_code == 422


@pytest.mark.parametrize(
    ("zone", "country"), [("Asia/Seoul", "KR"), ("America/Chicago", "US"), ("Asia/Calcutta", "IN"), ("UTC", "")]
)
def test_the_country_a_clock_stands_in_is_chosen_already(
    browser: Client, stranger: User, zone: str, country: str
) -> None:
    User.objects.filter(pk=stranger.pk).update(time_zone=zone)
    assert f'<option value="{country}" selected>' in text(browser)


def test_a_way_that_is_not_offered_is_not_taken(browser: Client, stripe: LocalStripe) -> None:
    for country in ("KR", "", "XX"):
        assert go(browser, country).url == reverse(PAGE)
    bank = {"bank": "A", "holder": "B", "account": "12345678", "currency": "USD"}
    assert browser.post(reverse(PAGE), {**bank, "country": "US"}).url == f"{reverse(PAGE)}?country=US"
    assert browser.post(reverse(PAGE), {**bank, "country": "KR"}).status_code == 422
    assert not Payee.objects.exists()


@pytest.mark.parametrize(
    ("country", "currency", "served"),
    [("KR", "KRW", True), ("KR", "USD", False), ("US", "USD", False), ("JP", "JPY", True), ("KZ", "USD", True)],
)
def test_the_bank_file_serves_a_country_in_its_own_currencies(
    stranger: User, country: str, currency: str, served: bool
) -> None:
    """I-23: whoever asks."""
    try:
        payees.save(stranger, bank="A", holder="B", account="12345678", currency=currency, country=country)
    except Refused:
        assert not served
    assert Payee.objects.filter(enabled=True).exists() == served


@pytest.mark.parametrize("country", ["US", "GB", "JP", "MX"])
def test_every_country_that_is_offered_stripe_can_be_sent_money(
    browser: Client, stripe: LocalStripe, country: str
) -> None:
    """I-23: the agreement fits the country, so the first transfer does not fail."""
    go(browser, country)
    account = Payee.objects.get().stripe_account
    assert account
    stripe.onboard(account)
    stripe.take(2_000, "usd", AT_ONCE)
    assert stripe.api.v1.transfers.create(params={"amount": 100, "currency": "usd", "destination": account}).id


# ── On Stripe's page and back ─────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("person", "standing", "enabled", "sentence"),
    [
        ("unfinished", "unfinished", False, "You are not finished at Stripe"),
        ("document", "restricted", False, "Stripe asks for something more"),
        ("fine", "enabled", True, "You are paid through Stripe"),
    ],
)
def test_back_from_stripe_the_truth_is_asked(
    browser: Client, stripe: LocalStripe, person: str, standing: str, enabled: bool, sentence: str
) -> None:
    answer = go(browser)
    assert answer.status_code == 303
    assert answer.url.startswith(f"{stripe.address}/setup/e/acct_")
    payee = Payee.objects.get()
    assert (payee.rail, payee.country, payee.currency, payee.standing) == ("stripe", "US", "USD", "unfinished")
    stripe.onboard(str(payee.stripe_account), person)
    assert browser.get(reverse(BACK)).url == reverse(PAGE)
    payee.refresh_from_db()
    assert (payee.standing, payee.enabled) == (standing, enabled)
    assert sentence in text(browser)


def test_the_way_back_alone_enables_nobody(browser: Client, stripe: LocalStripe) -> None:
    go(browser)
    browser.get(reverse(BACK))
    assert not Payee.objects.get().enabled


def test_an_address_that_is_used_up_leads_to_a_fresh_one(browser: Client, stripe: LocalStripe) -> None:
    first = go(browser).url
    again = browser.get(reverse(STRIPE))
    assert again.status_code == 303
    assert again.url != first
    assert Payee.objects.get().stripe_account in again.url
    link = stripe.api.v1.accounts.list(params={"limit": 100}).data
    assert len(
        [one for one in link if one.metadata and one.metadata.to_dict().get("payee") == str(Payee.objects.get().pk)]
    )


def test_a_stranger_reaches_nothing_of_another(browser: Client, stripe: LocalStripe, host: User) -> None:
    go(browser)
    account = str(Payee.objects.get().stripe_account)
    other = sign_in(host)
    assert other.get(reverse(STRIPE)).url == reverse(PAGE)
    assert account not in text(other, f"?account={account}")
    other.post(reverse(STRIPE), {"country": "US", "account": account, "stripe_account": account})
    accounts = Payee.objects.values_list("stripe_account", flat=True)
    assert len(set(accounts)) == 2
    assert Client().get(reverse(STRIPE)).status_code == 302


def test_another_country_needs_another_account_and_the_same_one_keeps_it(
    browser: Client, stripe: LocalStripe, stranger: User
) -> None:
    go(browser)
    first = str(Payee.objects.get().stripe_account)
    stripe.onboard(first)
    browser.get(reverse(BACK))
    go(browser)
    assert (Payee.objects.get().stripe_account, Payee.objects.get().enabled) == (first, True)
    go(browser, "GB")
    assert Payee.objects.get().stripe_account != first
    assert not Payee.objects.get().enabled
    assert Letter.objects.filter(recipient=stranger).count() == 2


# ── What Stripe tells ─────────────────────────────────────────────────────────
@pytest.mark.parametrize("backwards", [False, True])
def test_events_in_any_order_and_number_end_in_the_truth(browser: Client, stripe: LocalStripe, backwards: bool) -> None:
    """I-02, I-05: an event only says where to look."""
    go(browser)
    account = str(Payee.objects.get().stripe_account)
    stripe.onboard(account, "document")
    stripe.onboard(account, "document")
    tell(stripe, account, times=3, backwards=backwards)
    assert Payee.objects.get().standing == "enabled"
    stripe.onboard(account, "look_again")
    tell(stripe, account, times=2, backwards=backwards)
    assert (Payee.objects.get().standing, Payee.objects.get().enabled) == ("restricted", False)
    assert not StripeEvent.objects.filter(done_at=None).exists()


def test_an_event_before_our_row_knows_the_account_is_kept(browser: Client, stripe: LocalStripe) -> None:
    """I-06."""
    go(browser)
    account = str(Payee.objects.get().stripe_account)
    Payee.objects.update(stripe_account=None)
    stripe.onboard(account)
    tell(stripe, account)
    assert StripeEvent.objects.filter(done_at=None, kind="account.updated").exists()
    Payee.objects.update(stripe_account=account)
    hurry()
    drain("drain_events")
    assert Payee.objects.get().enabled


def test_who_went_back_to_the_bank_is_not_disabled_by_stripe(
    browser: Client, stripe: LocalStripe, stranger: User
) -> None:
    go(browser)
    account = str(Payee.objects.get().stripe_account)
    payees.save(stranger, bank="은행", holder="A", account="12345678", currency="KRW")
    stripe.onboard(account, "document")
    tell(stripe, account)
    payee = Payee.objects.get()
    assert (payee.rail, payee.enabled, payee.standing) == ("bank_file", True, "")


def test_who_takes_the_access_away_cannot_be_paid(browser: Client, stripe: LocalStripe) -> None:
    go(browser)
    account = str(Payee.objects.get().stripe_account)
    stripe.onboard(account)
    browser.get(reverse(BACK))
    event = {"id": "evt_gone", "type": "account.application.deauthorized", "account": account, "object": "event"}
    assert deliver({**event, "data": {"object": {"id": "ca_1", "object": "application"}}}) == 200
    drain("drain_events")
    assert (Payee.objects.get().enabled, Payee.objects.get().stripe_account) == (False, None)


def test_both_secrets_of_stripe_are_known(stripe: LocalStripe, settings: Any) -> None:
    """The endpoint of payees' accounts signs with a secret of its own."""
    settings.STRIPE_WEBHOOK_SECRET = "whsec_one,whsec_two"
    event = {"id": "evt_two", "type": "account.updated", "data": {"object": {"id": "acct_none"}}}
    assert [deliver(event, secret=secret) for secret in ("whsec_one", "whsec_two", "whsec_three")] == [200, 200, 400]


# ── When Stripe stumbles ──────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", ["500", "503", "429", "timeout_before", "timeout_after", "409"])
@pytest.mark.parametrize("call", ["POST /v1/accounts", "POST /v1/account_links", "GET /v1/accounts/*"])
def test_a_call_that_fails_is_said_and_can_be_made_again(
    browser: Client, stripe: LocalStripe, kind: str, call: str
) -> None:
    """The same end as without the fault: one account, enabled."""
    stripe.fault(call, kind, times=3)
    go(browser)
    stripe.clear()
    go(browser)
    account = str(Payee.objects.get().stripe_account)
    stripe.onboard(account)
    stripe.fault(call, kind, times=3)
    browser.get(reverse(BACK))
    stripe.clear()
    browser.get(reverse(BACK))
    assert Payee.objects.get().enabled
    assert len(mine(stripe)) == 1


def mine(stripe: LocalStripe) -> list[str]:
    """The accounts Stripe has for our one payee."""
    found = stripe.api.v1.accounts.list(params={"limit": 100}).auto_paging_iter()
    name = str(Payee.objects.get().pk)
    email = Payee.objects.get().person.email
    return [one.id for one in found if one.email == email and (one.metadata or {})["payee"] == name]


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_get_one_account(stripe: LocalStripe, stranger: User) -> None:
    """The key makes one account at Stripe, the lock one on the row."""
    browsers = [sign_in(stranger) for _ in range(4)]
    together = threading.Barrier(4)
    seen: list[str] = []

    def begin(browser: Client) -> None:
        together.wait()
        seen.append(go(browser).url)
        connection.close()

    threads = [threading.Thread(target=begin, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mine(stripe)) == 1
    found = {match[0] for url in seen for match in [re.search(r"acct_\w+", url)] if match}
    assert found == {Payee.objects.get().stripe_account}


def test_an_account_that_came_second_is_never_used(browser: Client, stripe: LocalStripe) -> None:
    go(browser)
    payee = Payee.objects.get()
    first, other = str(payee.stripe_account), onboarding.gateway.create_account(
        key="another", payee=str(payee.pk), country="US", agreement="full", email="a@example.com"
    )  # fmt: skip
    stripe.onboard(other.id)
    assert payees.record(payee, onboarding.gateway.get_account(other.id)).stripe_account == first
    assert not Payee.objects.get().enabled


def fine(name: str) -> Account:
    """What Stripe says of an account that can be paid."""
    return Account(name, submitted=True, payouts_enabled=True, transfers="active", payee="")


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_at_once_the_first_stays(stranger: User) -> None:
    payee = payees.choose_stripe(stranger, "US")
    told = (fine("acct_first"), dataclasses.replace(fine("acct_second"), rejected=True))
    works = [lambda account=account: payees.record(payee, account) for account in told]
    assert in_turn(*works, table="payments_payee") == ["done", "done"]
    assert Payee.objects.values_list("stripe_account", "enabled").get() == ("acct_first", True)


@pytest.mark.django_db(transaction=True)
def test_stripe_chosen_twice_at_once_is_chosen_once(stranger: User) -> None:
    payee_for(stranger)
    chosen = [lambda: payees.choose_stripe(stranger, "US")] * 2
    assert in_turn(*chosen, table="payments_payee") == ["done", "done"]
    assert Change.objects.filter(to_state="stripe chosen").count() == 1
    assert Letter.objects.filter(recipient=stranger).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_goes_to_the_bank_while_stripe_tells_they_left_is_paid_there(stranger: User) -> None:
    payees.record(payees.choose_stripe(stranger, "US"), fine("acct_left"))

    def to_the_bank() -> None:
        payees.save(stranger, bank="은행", holder="A", account="12345678", currency="KRW")

    assert in_turn(to_the_bank, lambda: payees.disconnect("acct_left"), table="payments_payee") == ["done", "done"]
    row = Payee.objects.get()
    assert (row.rail, row.enabled, row.account_ending, row.stripe_account) == ("bank_file", True, "5678", None)


def test_nothing_waits_when_stripe_is_away(browser: Client, settings: Any) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    answer = go(browser)
    assert answer.url == reverse(PAGE)
    page = text(browser)
    assert "Stripe does not answer" in page
    assert "You are not finished at Stripe" in page
    with pytest.raises(NoAnswer):
        onboarding.begin(Payee.objects.get().person, "US")
    assert payouts.run() == 0


@pytest.mark.parametrize("name", ["ヤマダ タロウ", "Zoë O. Brien-Lee", "주식회사 두루(김두루)"])
def test_a_name_stands_in_the_banks_file_as_it_was_typed(
    browser: Client, admin: User, stranger: User, name: str
) -> None:
    bank = {"country": "KR", "bank": name, "holder": name, "account": "110-123-456789", "currency": "KRW"}
    assert browser.post(reverse(PAGE), bank).status_code == 302
    Payout.objects.create(payee=stranger.payee, amount=10_000, currency="KRW")
    [_head, line] = batches.bank_file(batches.make(admin, "KRW")).splitlines()
    assert line.startswith(f"{name},110123456789,{name},10000,P")


@pytest.mark.parametrize("name", ["=1+1", "😀", "--", "정\u202e은혜", "정\x00", "A,B", "\t"])
def test_a_name_the_banks_file_cannot_say_is_refused_beside_it(browser: Client, name: str) -> None:
    bank = {"country": "KR", "bank": "국민은행", "holder": name, "account": "110-123-456789", "currency": "KRW"}
    answer = browser.post(reverse(PAGE), bank)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["holder"])
    assert not Payee.objects.exists()
