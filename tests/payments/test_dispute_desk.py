"""Disputes on the desk, in the host's money and under what a member paid."""

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, Contribution
from payments.models import Dispute, Payment
from studyplatform.accounts.models import User
from tests.admin.desk import listed, page_of, press, staff, text
from tests.payments.buying import LocalStripe
from tests.payments.disputing import NET, PRICE, disputed, then
from tests.payments.test_refunds import pay
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db
TABLE = "payments.dispute"


@pytest.fixture
def dispute(stripe: LocalStripe, cohort: Cohort, buyer: Client, admin: User) -> Dispute:
    stripe.settle()
    User.objects.update(language="en")
    payment: Payment = pay(stripe, cohort, buyer)
    Contribution.objects.create(enrollment=payment.lines.get().enrollment, kind="post", key="post:a")
    return disputed(stripe, payment, reason="fraudulent")


def test_the_front_page_says_what_waits_and_by_when(stripe: LocalStripe, dispute: Dispute, admin: User) -> None:
    desk = sign_in(admin)
    front = text(desk.get(reverse("admin:index")))
    assert "Disputes whose bank wants an answer" in front
    assert reverse("admin:payments_dispute_changelist") in front
    assert dispute.reference not in text(desk.get(f"{listed(TABLE)}?state__exact=won"))
    assert str(dispute.payment.buyer) in text(desk.get(f"{listed(TABLE)}?waits=answer"))
    Dispute.objects.update(state="review")
    assert "Disputes whose bank" not in text(desk.get(reverse("admin:index")))


def test_its_page_has_what_to_answer_with(dispute: Dispute, admin: User) -> None:
    page = text(sign_in(admin).get(page_of(TABLE, dispute)))
    receipt = dispute.payment.receipt.number
    seat = dispute.payment.lines.get().enrollment
    for said in (receipt, dispute.payment.buyer.email, str(seat.policy.get_preset_display()), "case studies 1"):
        assert said in page
    assert f"https://dashboard.stripe.com/disputes/{dispute.reference}" in page
    assert "says it was somebody else" in page


def test_looking_is_not_asking(dispute: Dispute, stripe: LocalStripe) -> None:
    onlooker = sign_in(staff("onlooker", "payments.view_dispute", language="en"))
    assert onlooker.get(page_of(TABLE, dispute)).status_code == 200
    assert "Ask Stripe how it stands" not in text(onlooker.get(page_of(TABLE, dispute)))
    handler = sign_in(staff("handler", "payments.view_dispute", "payments.handle_disputes", language="en"))
    before = dispute.due_at
    press(handler, TABLE, "look_again", dispute, apply="1")
    dispute.refresh_from_db()
    assert dispute.due_at < before  # type: ignore[operator]
    assert sign_in(staff("nobody")).get(page_of(TABLE, dispute)).status_code == 403


def test_the_payments_page_leads_to_it(dispute: Dispute, admin: User) -> None:
    page = text(sign_in(admin).get(page_of("payments.payment", dispute.payment)))
    assert f"https://dashboard.stripe.com/payments/{dispute.payment.intent}" in page
    assert f"{listed(TABLE)}?payment__id__exact={dispute.payment.pk}" in page


def test_hosts_see_theirs_and_nobody_elses(dispute: Dispute, host: User) -> None:
    page = text(sign_in(host).get(reverse("earnings")))
    assert "Disputed payments" in page
    assert dispute.payment.buyer.name in page
    event = page.split(f">{dispute.payment.buyer.name}</a>")[0].rpartition('href="')[2].rstrip('"')
    assert f"{PRICE - NET:,}" in text(sign_in(host).get(event))  # what it cost beyond what waited
    other = sign_in(make_person("elsewhere", "딴 곳", language="en"))
    assert "Disputed payments" not in text(other.get(reverse("earnings")))


def test_the_member_sees_what_the_bank_has_and_what_it_gave(stripe: LocalStripe, dispute: Dispute) -> None:
    member = sign_in(dispute.payment.buyer)
    assert "₩150,000 held by your bank until it decides" in text(member.get(reverse("payments")))
    then(stripe, dispute, "lose")
    assert "₩150,000 by your bank" in text(member.get(reverse("payments")))
