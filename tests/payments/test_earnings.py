"""Host and partner see what is expected, released and paid; nobody sees another's."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohorts.models import Cohort, Study
from payments.models import Payee, Payout
from payments.services import earnings, ledger, payees, payouts, refunds, releases, taxes
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from tests.payments.money_world import owed, paid_members, payee_for
from tests.people import lead, make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def after_one_session(cohort: Cohort) -> None:
    paid_members(cohort, 2, cohort.subgroups.first())
    releases.release(cohort.sessions.get(number=1))


def page_of(person: User, name: str = "earnings") -> str:
    text = sign_in(person).get(reverse(name)).content.decode()
    return re.sub(r"\s+", " ", text)


def test_host_and_partner_see_their_parts_and_a_stranger_nothing(
    after_one_session: None, host: User, partner: User, stranger: User
) -> None:
    page = page_of(host)
    assert "157,500원" in page  # expected: 2 x 112,500 x 70 %
    assert "52,500원" in page  # released
    page = page_of(partner, "partner_earnings")
    assert "45,000원" in page
    assert "15,000원" in page
    page = page_of(stranger)
    assert "₩" not in page
    assert "No sales yet." in page


def test_each_amount_names_the_session_or_cohort_that_made_it(
    after_one_session: None, cohort: Cohort, host: User
) -> None:
    one = earnings.of(host, None)[0]
    assert [(row.run, row.role, row.sessions, row.seats) for row in one.expected] == [(cohort.full_name, "host", 3, 2)]
    assert [(row.kind, row.session, row.amount) for row in one.movements] == [("release", 1, 52_500)]
    host.language = "en"
    host.save()
    page = page_of(host)
    assert "내 일에 AI 쓰기, cohort 1, session 1" in page
    assert page.count("₩52,500") >= 3  # ready, its line, together


def test_what_a_refund_takes_stands_in_the_list_and_the_list_adds_up(cohort: Cohort, host: User) -> None:
    lines = paid_members(cohort, 2, cohort.subgroups.last(), fee=5_000)
    releases.release(cohort.sessions.get(number=1))
    refunds.owe(lines[0], 150_000, "left")
    one = earnings.of(host, None)[0]
    assert [row.kind for row in one.movements if row.amount < 0] == ["refund_owed"]
    assert one.shared_total == one.balance == owed(host)


def test_paid_is_shown_line_by_line(after_one_session: None, host: User) -> None:
    payee_for(host)
    payouts.run()
    page = page_of(host)
    assert f"P{Payout.objects.get().pk}" in page
    assert "52,500원" in page


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("no account", "waits until you name an account"),
        ("not yet at Stripe", "waits until Stripe can pay you"),
        ("too little", "Payouts begin at ₩10,000"),
        ("other currency", "Your account takes USD. This is KRW and waits."),
        ("owes", "Refunds took back more than was shared"),
        ("ready", "paid out on Mon"),
    ],
)
def test_the_page_says_what_the_next_run_waits_for(cohort: Cohort, host: User, case: str, sentence: str) -> None:
    amount = {"too little": 9_999, "owes": -1}.get(case, 10_000)
    bank = ledger.account(ledger.Kind.BANK, "KRW")
    ledger.post("x", {bank: amount, ledger.payable(host.pk, "KRW"): -amount})
    if case != "no account":
        payee_for(host, "USD" if case == "other currency" else "KRW")
    if case == "not yet at Stripe":
        Payee.objects.update(rail="stripe", enabled=False)
    host.language = "en"
    host.save()
    assert sentence in page_of(host)
    assert payouts.run() == (case == "ready")


def test_the_next_run_picks_up_who_named_an_account_meanwhile(after_one_session: None, host: User) -> None:
    assert payouts.run() == 0
    payees.save(host, bank="국민은행", holder="정은혜", account="110123456789", currency="KRW")
    taxes.as_business(host, number="1234567891", name="한빛상회", pays_vat=True)
    assert payouts.run() == 1
    assert Payout.objects.get().amount == 52_500


def test_nobody_without_an_account_here_gets_in(client: Client) -> None:
    assert client.get(reverse("earnings")).status_code == 302
    assert client.get(reverse("payee")).status_code == 302


def test_an_account_number_is_kept_sealed_and_a_wrong_one_is_refused(host: User) -> None:
    browser = sign_in(host)
    wrong = {"country": "KR", "bank": "국민은행", "holder": "정은혜", "account": "12", "currency": "KRW"}
    page = browser.post(reverse("payee"), wrong)
    assert page.status_code == 422
    assert 'value="국민은행"' in page.content.decode()
    assert not Payee.objects.exists()
    assert browser.post(reverse("payee"), {**wrong, "account": "110-123-456789"}).status_code == 302
    payee = Payee.objects.get()
    assert payee.account_ending == "6789"
    assert "110123456789" not in payee.account_sealed
    assert not Letter.objects.exists()


def test_a_changed_account_is_told_to_its_owner(host: User) -> None:
    payee_for(host)
    typed = {"country": "KR", "bank": "국민은행", "holder": "정은혜", "account": "999-888-777666", "currency": "KRW"}
    sign_in(host).post(reverse("payee"), typed)
    assert "7666" in Letter.objects.get(recipient=host).text


def queries_of(person: User) -> int:
    browser = sign_in(person)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert browser.get(reverse("earnings")).status_code == 200
    return len(seen)


def test_queries_stay_the_same_at_any_number_of_cohorts_sessions_and_payouts(
    study: Study, host: User, partner: User
) -> None:
    payee_for(host)

    def a_cohort() -> None:
        cohort = make_cohort(study)
        lead(partner, cohort.subgroups.first())
        paid_members(cohort, 3, cohort.subgroups.first())
        for session in cohort.sessions.filter(subgroup=None, number__lte=2):
            releases.release(session)
            payouts.run()

    a_cohort()
    few = queries_of(host), queries_of(partner)
    for _ in range(4):
        a_cohort()
    make_person("unrelated", "남")
    assert len(earnings.of(host, None)[0].movements) == 10
    assert Payout.objects.count() == 10
    assert (queries_of(host), queries_of(partner)) == few
    assert few[0] <= 24


def test_the_header_is_the_one_the_reader_came_from(host: User, partner: User, cohort: Cohort) -> None:
    in_the_studio, as_a_member = "js/studio.js", f'href="{reverse("showcase")}"'
    page = page_of(host)
    assert in_the_studio in page
    assert as_a_member not in page
    page = page_of(partner, "partner_earnings")
    assert in_the_studio not in page
    assert as_a_member in page
    assert in_the_studio in page_of(host, "payee")
    assert in_the_studio not in page_of(partner, "payee")
    assert f'href="{reverse("partner_earnings")}">' in page_of(partner, "payee")
