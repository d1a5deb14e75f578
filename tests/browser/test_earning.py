"""From a session to people's pay: shared by the frozen rates, written weekly, checked by two, paid by bank file."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from cohorts.models import Cohort
from payments.models import Payout, PayoutBatch
from payments.tasks import run_payouts
from studyplatform.accounts.models import User
from studyplatform.kit import money
from studyplatform.kit.months import Month
from tests.browser.conftest import DESK
from tests.browser.walk import LANGUAGE, ZONE, Walker, let_work
from tests.payments.buying import begin, drain, hurry
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNT = {"bank": "가온은행", "holder": "정은혜", "account": "110-123-456789", "currency": "KRW"}


def won(amount: int, language: str) -> str:
    return money.show(amount, "KRW", language)


def sold(cohort: Cohort, stripe: Any, buyer: User) -> None:
    """A seat in the partner's subgroup is paid for, and Stripe has worked out its fee."""
    payment = begin(sign_in(buyer), cohort, subgroup=cohort.subgroups.first().pk)
    stripe.pay(payment.reference)
    stripe.settle()
    hurry()
    drain()


def one_session_is_over(cohort: Cohort) -> None:
    first = cohort.sessions.filter(subgroup=None).order_by("number")[0]
    first.starts_at = timezone.now() - datetime.timedelta(hours=3)
    first.save(update_fields=["starts_at"])
    let_work("payments.drain_releases")


def ticked(walker: Walker, address: str, action: str) -> Walker:
    """In the admin: tick every row, choose an action, go."""
    page = walker.go(address).page
    page.check("#action-toggle")
    page.select_option("select[name=action]", action)
    page.click("button[name=index]")
    page.wait_for_load_state()
    return walker


@pytest.mark.parametrize("language", ["ko", "en"])
def test_from_a_session_to_the_host_s_account(
    browse: Any, cohort: Cohort, host: User, stranger: User, admin: User, stripe: Any, language: str
) -> None:
    checker = make_person("admin2", "둘째 운영자", is_staff=True, is_superuser=True, language=language)
    User.objects.filter(pk__in=[host.pk, admin.pk]).update(language=language)
    host.refresh_from_db()
    sold(cohort, stripe, stranger)
    options = {"locale": LANGUAGE[language], "timezone_id": ZONE[language]}
    walker = Walker(browse(host, **options), language)
    walker.go("/studio/money/").sees("Where should your money go?").sees("Expected")
    walker.press("Name an account").fill(country="KR").press("See how you can be paid")
    walker.fill(**{**ACCOUNT, "account": "12"}).press("Save the account")
    walker.sees("An account number has 8 to 20 digits. Dashes may stay.")
    walker.fill(account=ACCOUNT["account"]).press("Save the account").sees_text("6789").sees_not("110-123")

    one_session_is_over(cohort)
    walker.go("/studio/money/").sees("Shared after sessions").well()
    run_payouts()
    assert not Payout.objects.exists()
    walker.go("/studio/money/").press("A payout is due. Name your resident number for the tax first.")
    walker.fill(number="900101").press("Save the number")
    walker.sees("This is no resident registration number. Look at its 13 digits again.")
    walker.fill(number="900101-1234567").press("Save the number").sees("Saved. The next run pays you.")
    run_payouts()
    payout = Payout.objects.get(payee__person=host)
    walker.go(f"/account/money/{Month.of(payout.created_at)}/").sees("Statement").well()
    walker.go("/studio/money/").sees_text(won(payout.amount, language)).sees("being prepared")

    desk = {"viewport": DESK, **options}
    making, checking = Walker(browse(admin, **desk), language), Walker(browse(checker, **desk), language)
    for who, table, deed in (
        (making, "payout", "make_batch"),
        (making, "payoutbatch", "approve"),
        (checking, "payoutbatch", "approve"),
    ):
        assert not PayoutBatch.objects.filter(state="approved").exists()
        ticked(who, f"/admin/payments/{table}/", deed).page.click("[name=apply]")
        who.page.wait_for_load_state()
    with making.page.expect_download() as file:
        making.go("/admin/payments/payoutbatch/").page.check("#action-toggle")
        making.page.select_option("select[name=action]", "export")
        making.page.click("button[name=index]")
        making.page.click("[name=apply]")
    line = file.value.path().read_text().splitlines()[1]
    assert line == f"가온은행,110123456789,정은혜,{payout.amount},P{payout.pk}"

    ticked(making, "/admin/payments/payoutbatch/", "bank_did").page.click("[name=apply]")
    making.page.wait_for_load_state()
    walker.go("/studio/money/").sees("paid").sees_text(won(payout.amount, language)).well()
    payout.refresh_from_db()
    assert (payout.state, PayoutBatch.objects.get().state) == ("paid", "closed")
    assert making.complaints == checking.complaints == []
