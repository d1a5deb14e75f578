"""Host and partner see what is expected, released and paid; nobody sees another's."""

import pytest
from django.urls import reverse

from payments.models import Payee
from payments.services import payouts, releases
from tests.payments.money_world import paid_members, payee_for
from tests.people import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def after_one_session(cohort):
    paid_members(cohort, 2, cohort.subgroups.first())
    releases.release(cohort.sessions.get(number=1))


def test_host_and_partner_see_their_parts_and_a_stranger_nothing(after_one_session, host, partner, stranger):
    page = sign_in(host).get(reverse("earnings")).content.decode()
    assert "157,500원" in page  # expected: 2 x 112,500 x 70 %
    assert "52,500원" in page  # released
    page = sign_in(partner).get(reverse("partner_earnings")).content.decode()
    assert "45,000원" in page
    assert "15,000원" in page
    page = sign_in(stranger).get(reverse("earnings")).content.decode()
    assert "₩" not in page
    assert "No sales yet." in page


def test_paid_is_shown_line_by_line(after_one_session, host):
    payee_for(host)
    payouts.run()
    page = sign_in(host).get(reverse("earnings")).content.decode()
    assert "P1" in page or "P" in page
    assert "52,500원" in page


def test_nobody_without_an_account_here_gets_in(client):
    assert client.get(reverse("earnings")).status_code == 302
    assert client.get(reverse("payee")).status_code == 302


def test_an_account_number_is_kept_sealed_and_a_wrong_one_is_refused(host):
    browser = sign_in(host)
    wrong = {"bank": "국민은행", "holder": "정은혜", "account": "12", "currency": "KRW"}
    page = browser.post(reverse("payee"), wrong)
    assert page.status_code == 200
    assert 'value="국민은행"' in page.content.decode()
    assert not Payee.objects.exists()
    assert browser.post(reverse("payee"), {**wrong, "account": "110-123-456789"}).status_code == 302
    payee = Payee.objects.get()
    assert payee.account_ending == "6789"
    assert "110123456789" not in payee.account_sealed


def test_queries_do_not_grow_with_sessions(cohort, host, django_assert_max_num_queries):
    paid_members(cohort, 4, cohort.subgroups.last())
    for session in cohort.sessions.filter(subgroup=None):
        releases.release(session)
    with django_assert_max_num_queries(20):
        sign_in(host).get(reverse("earnings"))


def test_the_desk_moves_a_batch_only_with_two_people(after_one_session, host, admin):
    from payments.models import PayoutBatch
    from tests.people import make_person

    payee_for(host)
    payouts.run()
    other = make_person("other-admin", "둘째", is_staff=True, is_superuser=True)
    mine, theirs = sign_in(admin), sign_in(other)
    payout_list, batch_list = (
        reverse("admin:payments_payout_changelist"),
        reverse("admin:payments_payoutbatch_changelist"),
    )
    mine.post(payout_list, {"action": "make_batch", "_selected_action": [payouts.Payout.objects.get().pk]})
    batch = PayoutBatch.objects.get()
    ticked = {"_selected_action": [batch.pk]}
    mine.post(batch_list, {"action": "approve", **ticked})
    assert PayoutBatch.objects.get().state == "draft"
    theirs.post(batch_list, {"action": "approve", **ticked})
    file = mine.post(batch_list, {"action": "export", **ticked})
    assert "110123456789" in file.content.decode()
    mine.post(batch_list, {"action": "all_paid", **ticked})
    assert PayoutBatch.objects.get().state == "closed"
    page = sign_in(host).get(reverse("earnings")).content.decode()
    assert "badge-good" in page
