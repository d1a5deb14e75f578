"""Who leaves while a bank decides about their payment: what stands there is what comes, whichever way it decides."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Session
from payments.models import Payment, Refund
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import text
from tests.payments.buying import LocalStripe, assert_books_match
from tests.payments.disputing import PRICE, disputed, line_of, then
from tests.payments.test_kindness import ASKED
from tests.payments.test_refunds import at_stripe, pay
from tests.people import sign_in

pytestmark = pytest.mark.django_db
GIFT = 30_000  # what the host gives by hand


@pytest.fixture
def paid(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, admin: User) -> Payment:
    return pay(stripe, cohort, buyer)


def give(host: User, paid: Payment, amount: int = GIFT, key: str = "abcdefghjk") -> Any:
    """The host gives a part back by hand."""
    address = reverse("member_refund", args=[line_of(paid).enrollment.public_id])
    return sign_in(host).post(address, {**ASKED, "amount": str(amount), "key": key, "sure": "1"})


def address(cohort: Cohort) -> str:
    return reverse("leave", args=[cohort.study.slug, cohort.number])


def halfway(cohort: Cohort) -> None:
    """Two of the four sessions are over: the rule gives 75,000."""
    for number, session in enumerate(cohort.sessions.filter(subgroup=None).order_by("starts_at"), start=-2):
        days = datetime.timedelta(days=7 * number + 1)
        Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() + days)
    Enrollment.objects.filter(cohort=cohort).update(joined_at=timezone.now() - datetime.timedelta(days=60))


def sent(paid: Payment) -> list[tuple[str, int]]:
    """What became of the gift, and of what leaving gives."""
    return list(Refund.objects.filter(line__payment=paid).order_by("pk").values_list("state", "amount"))


def leave(browser: Client, cohort: Cohort) -> Any:
    """Look at the page, and leave with what it shows."""
    page = browser.get(address(cohort))
    answer = browser.post(address(cohort), {"seen": page.context["quote"].amount, "seen_credit": 0})
    assert answer.status_code == 302
    return page


@pytest.mark.parametrize("half", [False, True])
def test_what_the_host_gave_before_waits_too_and_is_counted(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, host: User, buyer: Client, half: bool
) -> None:
    give(host, paid)
    dispute = disputed(stripe, paid)
    if half:
        halfway(cohort)
    left = (PRICE // 2 if half else PRICE) - GIFT
    page = text(leave(buyer, cohort))
    assert f"so ₩{left:,} waits for that" in page
    assert "nothing more comes from us" in page
    assert f"₩{GIFT:,} that was to come back before waits for your bank, too" in page
    assert f"so ₩{left:,} waits for that" in Letter.objects.get(key__startswith="left:").text
    assert at_stripe(stripe, paid) == []
    then(stripe, dispute, "win")
    assert sent(paid) == [("succeeded", GIFT), ("succeeded", left)]
    assert sorted(at_stripe(stripe, paid)) == [GIFT, left]
    assert_books_match(stripe, cohort, before)


def test_nothing_more_comes_where_the_bank_gave_it_all(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, host: User, buyer: Client
) -> None:
    give(host, paid)
    dispute = disputed(stripe, paid)
    assert "nothing more comes from us" in text(leave(buyer, cohort))
    then(stripe, dispute, "lose")
    assert sent(paid) == [("void", GIFT), ("void", PRICE - GIFT)]
    assert at_stripe(stripe, paid) == []
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize(
    ("end", "gift", "left"),
    [("win", ("succeeded", GIFT), ("succeeded", 120_000)), ("lose", ("void", GIFT), ("manual", 100_000))],
)
def test_of_a_part_the_bank_holds_the_rest_is_shown_and_comes(
    stripe: LocalStripe,
    before: int,
    paid: Payment,
    cohort: Cohort,
    host: User,
    buyer: Client,
    end: str,
    gift: tuple[str, int],
    left: tuple[str, int],
) -> None:
    """The bank holds 50,000 while the host gives 30,000."""
    dispute = disputed(stripe, paid, amount=50_000)
    assert give(host, paid).status_code == 302
    page = text(leave(buyer, cohort))
    assert "₩120,000 waits for that" in page
    assert "we send you the ₩100,000 that is missing" in page
    then(stripe, dispute, end)
    assert sent(paid) == [gift, left]
    assert_books_match(stripe, cohort, before)


def test_nobody_gives_what_waits_already(
    stripe: LocalStripe, paid: Payment, cohort: Cohort, host: User, buyer: Client
) -> None:
    disputed(stripe, paid, amount=50_000)
    assert give(host, paid).status_code == 302
    assert give(host, paid, 70_001, "kjhgfedcba").status_code == 422  # 50,000 the bank holds, 30,000 wait
    assert give(host, paid, 70_000, "kjhgfedcba").status_code == 302
    assert leave(buyer, cohort).context["quote"].amount == 50_000


def test_a_gift_that_is_all_the_rule_gives_waits_alone(
    stripe: LocalStripe, paid: Payment, cohort: Cohort, host: User, buyer: Client
) -> None:
    give(host, paid, 90_000)
    disputed(stripe, paid)
    halfway(cohort)
    page = text(leave(buyer, cohort))
    assert "no money comes back" in page
    assert "₩90,000 that was to come back before waits for your bank, too" in page
    assert sent(paid) == [("held", 90_000)]


def test_where_no_bank_decides_it_comes_at_once(paid: Payment, cohort: Cohort, host: User, buyer: Client) -> None:
    give(host, paid)
    page = text(leave(buyer, cohort))
    assert "₩120,000 comes back the way you paid" in page
    assert "bank" not in page.split("<main")[1].split("</main>")[0].lower()
