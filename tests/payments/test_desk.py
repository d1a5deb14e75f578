"""The desks of Django admin: payouts go out by way of two people, the bank's answer is written down line by line."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort
from payments.models import Payout, PayoutBatch, Refund
from payments.services import batches, payouts, refunds
from studyplatform.accounts.models import User
from tests.payments.money_world import owed, paid_seat
from tests.payments.test_payouts import owe_to
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db

PAYOUTS, BATCHES = "admin:payments_payout_changelist", "admin:payments_payoutbatch_changelist"


def staff(name: str, *rights: str, **fields: object) -> User:
    person = make_person(name, name, is_staff=True, **fields)
    person.user_permissions.set(Permission.objects.filter(codename__in=rights, content_type__app_label="payments"))
    return person


LOOK = ("view_payout", "view_payoutbatch", "view_refund")


@pytest.fixture
def maker(db: None) -> Client:
    return sign_in(staff("maker", *LOOK, "handle_payouts"))


@pytest.fixture
def checker(db: None) -> Client:
    return sign_in(staff("checker", *LOOK, "approve_payouts"))


@pytest.fixture
def onlooker(db: None) -> Client:
    return sign_in(staff("onlooker", *LOOK))


@pytest.fixture
def three(db: None) -> list[Payout]:
    owe_to(3)
    payouts.run()
    return list(Payout.objects.order_by("pk"))


def act(browser: Client, where: str, action: str, *rows: int, **more: str) -> str:
    ticked = {"action": action, "_selected_action": list(rows), **more}
    answer = browser.post(reverse(where), ticked, follow=True)
    return answer.content.decode()


def with_the_bank(maker: Client, checker: Client, three: list[Payout]) -> PayoutBatch:
    act(maker, PAYOUTS, "make_batch", three[0].pk, apply="1")
    batch = PayoutBatch.objects.get()
    act(checker, BATCHES, "approve", batch.pk, apply="1")
    act(maker, BATCHES, "export", batch.pk, apply="1")
    batch.refresh_from_db()
    return batch


def test_from_drafts_to_what_the_bank_did(maker: Client, checker: Client, three: list[Payout]) -> None:
    act(maker, PAYOUTS, "make_batch", three[0].pk, apply="1")
    batch = PayoutBatch.objects.get()
    seen = checker.get(reverse("admin:payments_payoutbatch_change", args=[batch.pk])).content.decode()
    assert seen.count("…6789") == 3  # who checks sees whom it pays
    act(checker, BATCHES, "approve", batch.pk, apply="1")
    file = act(maker, BATCHES, "export", batch.pk, apply="1")
    assert file.count("110123456789") == 3
    assert act(maker, BATCHES, "export", batch.pk, apply="1") == file
    page = act(maker, BATCHES, "bank_did", batch.pk)
    assert page.count('name="reason_') == 3
    assert PayoutBatch.objects.get().state == "exported"
    reasons = {f"reason_{three[1].pk}": "계좌 해지", f"reason_{three[2].pk}": "예금주 불일치"}
    act(maker, BATCHES, "bank_did", batch.pk, apply="1", **reasons)
    assert [(p.state, p.reason) for p in Payout.objects.order_by("pk")] == [
        ("paid", ""),
        ("failed", "계좌 해지"),
        ("failed", "예금주 불일치"),
    ]
    assert PayoutBatch.objects.get().state == "closed"
    assert [owed(p.payee.person) for p in three] == [0, 50_000, 50_000]


def test_nobody_checks_a_batch_they_made(three: list[Payout]) -> None:
    both = sign_in(staff("both", *LOOK, "handle_payouts", "approve_payouts"))
    act(both, PAYOUTS, "make_batch", three[0].pk, apply="1")
    page = act(both, BATCHES, "approve", PayoutBatch.objects.get().pk, apply="1")
    assert "다른 사람" in page or "Somebody else" in page
    assert PayoutBatch.objects.get().state == "draft"


def test_looking_is_not_handling_and_handling_is_not_checking(
    maker: Client, checker: Client, onlooker: Client, host: User, three: list[Payout]
) -> None:
    for nobody in (onlooker, checker):
        act(nobody, PAYOUTS, "make_batch", three[0].pk, apply="1")
        act(nobody, PAYOUTS, "sent_back", three[0].pk, apply="1", **{f"reason_{three[0].pk}": "x"})
    assert not PayoutBatch.objects.exists()
    act(maker, PAYOUTS, "make_batch", three[0].pk, apply="1")
    batch = PayoutBatch.objects.get()
    for nobody in (onlooker, maker):
        act(nobody, BATCHES, "approve", batch.pk, apply="1")
    assert PayoutBatch.objects.get().state == "draft"
    act(checker, BATCHES, "approve", batch.pk, apply="1")
    for nobody in (onlooker, checker):
        assert "110123456789" not in act(nobody, BATCHES, "export", batch.pk, apply="1")
        act(nobody, BATCHES, "bank_did", batch.pk, apply="1")
    assert PayoutBatch.objects.get().state == "approved"
    for name in (PAYOUTS, BATCHES):
        assert sign_in(host).get(reverse(name)).status_code == 302
        assert sign_in(host).post(reverse(name), {"action": "export"}).status_code == 302


def test_money_the_bank_returns_days_later_needs_a_reason(maker: Client, checker: Client, three: list[Payout]) -> None:
    batch = with_the_bank(maker, checker, three)
    act(maker, BATCHES, "bank_did", batch.pk, apply="1")
    late = three[0]
    asked = act(maker, PAYOUTS, "sent_back", late.pk)
    assert f'name="reason_{late.pk}"' in asked
    act(maker, PAYOUTS, "sent_back", late.pk, apply="1", **{f"reason_{late.pk}": ""})
    assert Payout.objects.get(pk=late.pk).state == "paid"
    act(maker, PAYOUTS, "sent_back", late.pk, apply="1", **{f"reason_{late.pk}": "계좌 해지"})
    late.refresh_from_db()
    assert (late.state, late.reason) == ("failed", "계좌 해지")
    assert owed(late.payee.person) == 50_000


@pytest.mark.parametrize(("language", "words"), [("en", "Put everything that waits into a batch"), ("ko", "[가-힣]")])
def test_the_desk_speaks_both_languages(three: list[Payout], language: str, words: str) -> None:
    desk = sign_in(staff(f"desk-{language}", *LOOK, "handle_payouts", language=language))
    found = re.search(r'<option value="make_batch">([^<]+)</option>', desk.get(reverse(PAYOUTS)).content.decode())
    assert found
    assert re.search(words, found[1])


def test_a_refund_that_failed_is_sent_again_from_the_desk(cohort: Cohort, stranger: User, onlooker: Client) -> None:
    refund = refunds.owe(paid_seat(stranger, cohort), 50_000, "left")
    refunds.begin(refund)
    refunds.fail(refund, "account closed")
    where = "admin:payments_refund_changelist"
    act(onlooker, where, "send_again", refund.pk, apply="1")
    assert Refund.objects.count() == 1
    act(sign_in(staff("mender", *LOOK, "handle_refunds")), where, "send_again", refund.pk, apply="1")
    assert [(r.cause, r.state) for r in Refund.objects.order_by("pk")] == [
        ("left", "failed"),
        (f"retry:{refund.pk}", "owed"),
    ]


def test_a_batch_that_waits_can_be_given_up_and_made_anew(maker: Client, three: list[Payout]) -> None:
    act(maker, PAYOUTS, "make_batch", three[0].pk, apply="1")
    act(maker, BATCHES, "give_up", PayoutBatch.objects.get().pk, apply="1")
    assert PayoutBatch.objects.get().state == "void"
    assert batches.make(staff("another"), "KRW").payouts.count() == 3
