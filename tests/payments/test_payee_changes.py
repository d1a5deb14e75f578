"""After somebody could be paid: Stripe wants more, refuses, is left; another country, rail, currency."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from payments import gateway
from payments.flows import onboarding
from payments.models import LedgerEntry, Payee, Payout
from payments.services import batches, ledger, payees, payouts, taxes
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import english
from tests.payments.buying import AT_ONCE, LocalStripe, balance, deliver, drain, hurry
from tests.payments.money_world import rewrite_amounts
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db
Kind = ledger.Kind


def owe(person: User, amount: int, currency: str = "USD") -> None:
    stripe = ledger.account(Kind.STRIPE, currency)
    ledger.post(f"test:{amount}:{currency}", {stripe: amount, ledger.payable(person.pk, currency): -amount})


@pytest.fixture
def payee(stripe: LocalStripe, host: User) -> Payee:
    """The host can be paid through Stripe, and is owed 80 dollars."""
    host.language = "en"
    host.save()
    onboarding.begin(host, "US")
    row = Payee.objects.get()
    stripe.onboard(str(row.stripe_account))
    stripe.take(50_000, "usd", AT_ONCE)
    owe(host, 8_000)
    return onboarding.look(row)


@pytest.fixture
def checker(db: None) -> User:
    return make_person("checker", "둘째 운영자", is_staff=True, is_superuser=True)


def hear(stripe: LocalStripe, account: str, what: str) -> None:
    """Let Stripe do something to an account and tell of it."""
    stripe.onboard(account, what)
    event = {"id": f"evt_{what}_{timezone.now().timestamp()}", "type": "account.updated", "account": account}
    if what == "disconnect":
        event["type"] = "account.application.deauthorized"
    assert deliver({**event, "object": "event", "data": {"object": {"id": account}}}) == 200
    drain("drain_events")


def letters() -> list[str]:
    return [letter.subject for letter in Letter.objects.filter(key__startswith="stripe-asks").order_by("created_at")]


# ── What Stripe thinks later ──────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("what", "standing", "enabled", "subject", "sentence"),
    [
        ("ask_soon", "asked", True, "Stripe asks you for something more", "You are paid as before."),
        ("look_again", "restricted", False, "Stripe asks you for something more", "Stripe asks for something more"),
        ("reject", "refused", False, "Stripe will not pay to your account", "Choose another way to be paid"),
        ("disconnect", "", False, "Your Stripe account is not connected any more", "Connect it again"),
    ],
)
def test_it_is_told_once_and_stands_on_the_money_page(
    stripe: LocalStripe, payee: Payee, host: User, what: str, standing: str, enabled: bool, subject: str, sentence: str
) -> None:
    for _ in range(2):
        hear(stripe, str(payee.stripe_account), what) if _ == 0 else hurry()
        drain("drain_events")
    row = Payee.objects.get()
    assert (row.standing, row.enabled) == (standing, enabled)
    assert letters() == [subject]
    browser = sign_in(host)
    for page in ("earnings", "payee"):
        assert sentence in browser.get(reverse(page)).content.decode()
    assert payouts.run() == enabled


def test_what_is_wanted_soon_names_its_day_and_goes_when_told(stripe: LocalStripe, payee: Payee, host: User) -> None:
    account = str(payee.stripe_account)
    hear(stripe, account, "ask_soon")
    until = gateway.get_account(account).asked_by
    assert until
    assert until.astimezone(ZoneInfo(host.time_zone)).strftime("%-d %b") in Letter.objects.latest("created_at").text
    hear(stripe, account, "fine")
    assert (Payee.objects.get().standing, len(letters())) == ("enabled", 1)


def test_wanted_again_is_told_again(stripe: LocalStripe, payee: Payee) -> None:
    for what in ("look_again", "fine", "look_again"):
        hear(stripe, str(payee.stripe_account), what)
    assert len(letters()) == 2


def test_who_left_can_connect_anew(stripe: LocalStripe, payee: Payee, host: User) -> None:
    """Whether Stripe told us or we find out on the way to its page."""
    first = str(payee.stripe_account)
    stripe.onboard(first, "disconnect")
    answer = sign_in(host).post(reverse("payee_stripe"), {"country": "US"})
    assert answer.status_code == 303
    row = Payee.objects.get()
    assert row.stripe_account not in (None, first)
    assert str(row.stripe_account) in answer.url
    stripe.onboard(str(row.stripe_account))
    assert onboarding.look(row).enabled
    assert payouts.run() == 1


def test_who_left_is_found_out_by_looking(stripe: LocalStripe, payee: Payee, host: User) -> None:
    stripe.onboard(str(payee.stripe_account), "disconnect")
    assert sign_in(host).get(reverse("payee_return")).url == reverse("payee")
    assert (Payee.objects.get().enabled, Payee.objects.get().stripe_account) == (False, None)


# ── Another country, another rail, another currency ───────────────────────────
BANK: Any = {"bank": "국민은행", "holder": "정은혜", "account": "110123456789"}


def send() -> Payout:
    Payout.queue.waiting().update(due_at=timezone.now())
    drain("drain_payouts")
    return Payout.objects.earliest("pk")


def test_who_went_to_the_bank_is_not_paid_on_the_account_they_left(
    stripe: LocalStripe, payee: Payee, host: User
) -> None:
    payouts.run()
    payees.save(host, **BANK, currency="KRW")
    assert send().state == "void"
    assert not stripe.api.v1.transfers.list(params={"destination": str(payee.stripe_account)}).data
    assert (payouts.owed(host.pk, "USD"), balance("paying", "USD")) == (8_000, 0)
    assert not Letter.objects.filter(key__startswith="payout-not-sent").exists()
    assert payouts.run() == 0  # their account takes won, and the money is in dollars
    assert "Your account takes KRW. This is USD and waits." in sign_in(host).get(reverse("earnings")).content.decode()


def test_who_moved_to_another_country_is_paid_there_once_stripe_knows_them(
    stripe: LocalStripe, payee: Payee, host: User
) -> None:
    payouts.run()
    onboarding.begin(host, "GB")
    assert send().state == "failed"
    assert payouts.owed(host.pk, "USD") == 8_000
    row = Payee.objects.get()
    stripe.onboard(str(row.stripe_account))
    onboarding.look(row)
    assert payouts.run() == 1
    send()
    sent = stripe.api.v1.transfers.list(params={"destination": str(row.stripe_account)}).data
    assert [(one.amount, one.currency) for one in sent] == [(8_000, "usd")]  # the bank there changes it
    assert Payout.objects.latest("pk").state == "paid"


def test_money_of_another_currency_than_the_account_waits(stripe: LocalStripe, payee: Payee, host: User) -> None:
    owe(host, 90_000, "KRW")
    assert payouts.run() == 1
    assert Payout.objects.get().currency == "USD"
    assert payouts.owed(host.pk, "KRW") == 90_000


def test_one_already_under_way_keeps_where_it_went(stripe: LocalStripe, payee: Payee, host: User) -> None:
    """Nobody knows whether it left: sent to another account it might arrive twice."""
    payouts.run()
    stripe.fault("POST /v1/transfers", "timeout_before", times=3)
    assert send().state == "unknown"
    stripe.clear()
    payees.save(host, **BANK, currency="KRW")
    assert send().state == "paid"
    sent = stripe.api.v1.transfers.list(params={"destination": str(payee.stripe_account)}).data
    assert [one.amount for one in sent] == [8_000]


def test_a_bank_payout_whose_payee_went_elsewhere_is_written_anew(
    stripe: LocalStripe, payee: Payee, host: User, admin: User
) -> None:
    """Drafted in won for a bank; its payee is paid in dollars by Stripe since."""
    payees.save(host, **BANK, currency="KRW")
    taxes.as_business(host, number="1234567891", name="한빛상회", pays_vat=True)
    owe(host, 90_000, "KRW")
    assert payouts.run() == 1
    onboarding.begin(host, "US")
    with pytest.raises(Refused):
        batches.make(admin, "KRW")
    assert Payout.objects.get().state == "drafted"
    stripe.onboard(str(Payee.objects.get().stripe_account))
    onboarding.look(Payee.objects.get())
    assert payouts.run() == 1
    first, second = Payout.objects.order_by("pk")
    assert (first.state, second.currency, second.amount) == ("void", "USD", 8_000)
    assert payouts.owed(host.pk, "KRW") == 90_000


def test_a_batch_is_not_approved_for_somebody_paid_another_way(
    payee: Payee, host: User, admin: User, checker: User
) -> None:
    payees.save(host, **BANK, currency="KRW")
    taxes.as_business(host, number="1234567891", name="한빛상회", pays_vat=True)
    owe(host, 90_000, "KRW")
    payouts.run()
    batch = batches.make(admin, "KRW")
    onboarding.begin(host, "US")
    with pytest.raises(Refused):
        batches.approve(checker, batch)
    batches.void(admin, batch)
    payouts.run()
    assert Payout.objects.earliest("pk").state == "void"
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0


# ── What needs a person ───────────────────────────────────────────────────────
def on_the_desk(admin: User) -> dict[str, int]:
    """The lines about money on the desk's front page, each leading to exactly the rows it counts."""
    desk = english(admin)
    lines = [line for line in desk.get(reverse("admin:index")).context["stuck"] if "/payments/" in line.link]
    for line in lines:
        assert desk.get(line.link).context["cl"].result_count == line.count, line.words
    return {str(line.words): line.count for line in lines}


@pytest.mark.parametrize(
    ("what", "line"),
    [("look_again", "Payees of whom Stripe wants more"), ("reject", "Payees Stripe refuses")],
)
def test_a_payee_who_cannot_be_paid_stands_on_the_desk(
    stripe: LocalStripe, payee: Payee, admin: User, what: str, line: str
) -> None:
    assert on_the_desk(admin) == {}
    hear(stripe, str(payee.stripe_account), what)
    assert on_the_desk(admin) == {line: 1}


def test_the_desk_lists_who_is_not_connected_any_more_until_they_are_paid_another_way(
    stripe: LocalStripe, payee: Payee, host: User, admin: User
) -> None:
    desk, listed = english(admin), f"{reverse('admin:payments_payee_changelist')}?waits=connection"
    assert desk.get(listed).context["cl"].result_count == 0
    hear(stripe, str(payee.stripe_account), "disconnect")
    assert desk.get(listed).context["cl"].result_count == 1
    payees.save(host, **BANK, currency="KRW")
    assert desk.get(listed).context["cl"].result_count == 0


def test_a_payout_that_waits_or_is_in_doubt_stands_on_the_desk(stripe: LocalStripe, payee: Payee, admin: User) -> None:
    payouts.run()
    rewrite_amounts(90_000_000)
    send()
    assert on_the_desk(admin) == {"Payouts that wait for money at Stripe": 1}
    rewrite_amounts(8_000)
    stripe.fault("POST /v1/transfers", "timeout_after", times=3)
    send()
    assert on_the_desk(admin) == {"Payouts nobody knows the end of": 1}
    stripe.clear()
    assert send().state == "paid"
    assert on_the_desk(admin) == {}


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("approved", "On its way within minutes."),
        ("short", "There is nothing for you to do."),
        ("unknown", "It is never sent twice."),
        ("paid", "Sent to your Stripe account, which passes it on to your bank."),
        ("failed", "sent again once your account is in order"),
        ("reversed", "It was fetched back from your Stripe account."),
        ("void", "since you changed how you are paid"),
    ],
)
def test_the_money_page_says_what_happens_next(payee: Payee, host: User, state: str, sentence: str) -> None:
    payouts.run()
    Payout.objects.update(state=state, destination="" if state == "approved" else "acct_1")
    assert sentence in sign_in(host).get(reverse("earnings")).content.decode()
