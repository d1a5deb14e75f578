"""A company pays by invoice: seats are used at once, nobody earns before the money, nothing ends without a letter."""

import datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, SeatGroup, Session
from cohorts.services import cohorts
from payments.models import DepositAccount, LedgerEntry, Payment, PaymentLine, Refund
from payments.services import audits
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.payments import deposits as bank
from tests.payments.buying import LocalStripe, balance, begin, drain, hurry, join_url, return_url
from tests.payments.companies import at, plan_url, quoted, sell, sit
from tests.payments.money_world import everything
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db
LATER = datetime.timedelta(seconds=1)


@pytest.fixture
def account(host: User, cohort: Cohort) -> DepositAccount:
    return bank.switch_on(host, cohort)


@pytest.fixture
def selling(host: User, cohort: Cohort) -> Cohort:
    sell(host, cohort, invoice_days="20")
    return cohort


def invoiced(browser: Client, cohort: Cohort) -> SeatGroup:
    group = quoted(browser, cohort)
    assert browser.post(at("seat_group_accept", group), {"how": "invoice"}).status_code == 302
    group.refresh_from_db()
    assert group.state == "invoiced"
    return group


def invoice_of(group: SeatGroup) -> Payment:
    return Payment.objects.get(provider="invoice", lines__enrollment=group.places.all()[0])


def look() -> None:
    queue.drain("payments.drain_payments")


def overdue(group: SeatGroup) -> None:
    """Let the day pass."""
    with time_machine.travel(group.pay_by + LATER):
        look()
    group.refresh_from_db()
    assert group.state == "overdue"


def keys(person: User) -> list[str]:
    found = Letter.objects.filter(recipient=person, key__startswith="group-")
    return sorted(key.partition(":")[0] for key in found.values_list("key", flat=True))


def decide(host: User, group: SeatGroup, what: str) -> None:
    place = [group.cohort.study.slug, group.cohort.number, group.public_id]
    assert sign_in(host).post(reverse(f"studio_seat_group_{what}", args=place)).status_code == 302
    group.refresh_from_db()


def share_first(cohort: Cohort) -> None:
    first = cohort.sessions.order_by("starts_at")[0]
    with time_machine.travel(first.ends_at + LATER):
        queue.drain("payments.drain_releases")


def released() -> int:
    return LedgerEntry.objects.filter(transaction__cause__startswith="release:", account__kind="escrow").count()


def test_only_where_the_host_wants_it(host: User, cohort: Cohort, buyer: Client) -> None:
    sell(host, cohort)
    group = quoted(buyer, cohort)
    assert "pay by invoice" not in buyer.get(group.get_absolute_url()).content.decode()
    buyer.post(at("seat_group_accept", group), {"how": "invoice"})
    assert not group.places.exists()
    sell(host, cohort, invoice_days="20")
    assert "pay by invoice" in buyer.get(group.get_absolute_url()).content.decode()
    assert sell(host, cohort, invoice_days="31").status_code == 422


def test_seats_are_used_at_once_and_the_deposit_pays_them(
    account: DepositAccount, selling: Cohort, buyer: Client
) -> None:
    group = invoiced(buyer, selling)
    person = make_person("colleague", "동료")
    assert sit(person, group.token).status_code == 302
    invoice = invoice_of(group)
    page = buyer.get(group.get_absolute_url()).content.decode()
    assert invoice.deposit_order.code in page
    assert "123456789012" in page
    assert group.pay_by - timezone.now() > datetime.timedelta(days=19)
    assert "unpaid" not in [found.kind for found in audits.unpaid()]
    bank.paid_in(account, invoice)
    group.refresh_from_db()
    assert (invoice.state, group.state) == ("paid", "paid")
    assert sorted(group.places.values_list("state", flat=True)) == ["active", "reserved", "reserved"]
    assert balance("escrow") == -405_000
    assert everything() == 0
    assert keys(group.buyer) == ["group-invoice", "group-paid"]
    again = buyer.post(at("seat_group_accept", group), {"how": "card"}, follow=True).content.decode()
    assert "Nothing is to be paid here" in again
    assert Payment.objects.get() == invoice


def test_seats_without_a_name_are_sold_seats_and_the_invoice_stands_among_the_payments(
    selling: Cohort, host: User, buyer: Client
) -> None:
    group = invoiced(buyer, selling)
    Cohort.objects.filter(pk=selling.pk).update(minimum=4, minimum_by=selling.closes_at)
    studio = sign_in(host)
    host.language = "en"
    host.save()
    assert "1 more person is needed for cohort 1" in studio.get("/studio/").content.decode()
    standing = studio.get(reverse("studio_cohort", args=[selling.study.slug, selling.number])).content.decode()
    assert f"3 of {selling.seats.capacity} seats" in standing
    paid = buyer.get("/account/payments/").content.decode()
    assert "한빛상회 pays by invoice until" in paid
    assert group.get_absolute_url() in paid


def test_what_an_invoice_was_taken_for_is_not_held_once_more(selling: Cohort, buyer: Client) -> None:
    group = invoiced(buyer, selling)
    for how in ("", "invoice"):
        answer = buyer.post(at("seat_group_accept", group), {"how": how}, follow=True)
        assert "This quote has been accepted already" in answer.content.decode()
    assert (group.places.count(), Payment.objects.count()) == (3, 1)


def test_nobody_earns_before_the_money_is_there(account: DepositAccount, selling: Cohort, buyer: Client) -> None:
    group = invoiced(buyer, selling)
    share_first(selling)
    assert released() == 0
    bank.paid_in(account, invoice_of(group))
    second = selling.sessions.order_by("starts_at")[1]
    with time_machine.travel(second.ends_at + LATER):
        queue.drain("payments.drain_releases")
    assert released() == 3


def test_money_after_the_last_session_is_shared_at_once(
    account: DepositAccount, selling: Cohort, buyer: Client
) -> None:
    group = invoiced(buyer, selling)
    overdue(group)
    Session.objects.filter(cohort=selling).update(starts_at=timezone.now() - datetime.timedelta(days=1))
    queue.drain("payments.drain_releases")
    assert released() == 0
    bank.paid_in(account, invoice_of(group))
    assert balance("escrow") == 0
    assert -balance("payable") + -balance("platform") == 405_000
    assert not Refund.objects.exists()


def test_reminders_then_overdue_then_more_time_once_then_the_end(
    account: DepositAccount, selling: Cohort, host: User, buyer: Client
) -> None:
    group = invoiced(buyer, selling)
    person = make_person("colleague", "동료")
    sit(person, group.token)
    for before in (datetime.timedelta(days=5), datetime.timedelta(days=1)):
        for _ in range(2):
            with time_machine.travel(group.pay_by - before + LATER):
                look()
    assert keys(group.buyer) == ["group-invoice", "group-invoice-soon", "group-invoice-soon"]
    decide(host, group, "end")
    assert group.state == "invoiced"  # its day has not come
    overdue(group)
    assert "group-overdue" in keys(group.buyer)
    assert keys(host) == ["group-overdue"]
    assert set(group.places.values_list("state", flat=True)) == {"active", "reserved"}
    more = reverse("studio_seat_group_extend", args=[selling.study.slug, selling.number, group.public_id])
    assert more in sign_in(host).get(plan_url(selling)).content.decode()
    decide(host, group, "extend")
    assert group.state == "invoiced"
    assert "group-extended" in keys(group.buyer)
    overdue(group)
    decide(host, group, "extend")
    assert group.state == "overdue"  # once
    decide(host, group, "end")
    assert group.state == "ended"
    assert set(group.places.values_list("state", flat=True)) == {"cancelled"}
    assert "group-ended" in keys(group.buyer)
    assert keys(person) == ["group-seat-ended"]


def test_who_does_not_run_the_study_decides_nothing(
    selling: Cohort, other_host: User, buyer: Client, member: User
) -> None:
    group = invoiced(buyer, selling)
    overdue(group)
    place = [selling.study.slug, selling.number, group.public_id]
    for person in (other_host, member):
        assert sign_in(person).post(reverse("studio_seat_group_end", args=place)).status_code == 404
    group.refresh_from_db()
    assert group.state == "overdue"


def test_where_there_is_no_invoice_there_is_nothing_to_decide(selling: Cohort, host: User, buyer: Client) -> None:
    group = quoted(buyer, selling)
    for what in ("extend", "end"):
        decide(host, group, what)
        assert group.state == "quoted"


def test_without_a_session_to_come_there_is_no_invoice(selling: Cohort, buyer: Client) -> None:
    group = quoted(buyer, selling)
    Session.objects.filter(cohort=selling).update(state="cancelled")
    assert "pay by invoice" not in buyer.get(group.get_absolute_url()).content.decode()
    buyer.post(at("seat_group_accept", group), {"how": "invoice"})
    assert not group.places.exists()


def test_money_for_seats_that_ended_goes_back(
    account: DepositAccount, selling: Cohort, host: User, buyer: Client
) -> None:
    group = invoiced(buyer, selling)
    invoice = invoice_of(group)
    overdue(group)
    decide(host, group, "end")
    bank.paid_in(account, invoice)
    assert sum(Refund.objects.values_list("amount", flat=True)) == 405_000
    drain("drain_refunds")
    assert set(Refund.objects.values_list("state", flat=True)) == {"manual"}
    assert not group.places.exclude(state="cancelled").exists()


@pytest.mark.parametrize("late", [False, True])
def test_an_invoice_is_paid_by_card_and_then_asked_for_no_more(
    account: DepositAccount, selling: Cohort, buyer: Client, stripe: LocalStripe, late: bool
) -> None:
    group = invoiced(buyer, selling)
    if late:
        overdue(group)
    answer = buyer.post(at("seat_group_accept", group), {"how": "card"})
    card = Payment.objects.get(address=answer.url)
    assert buyer.post(at("seat_group_accept", group), {"how": "card"}).url == answer.url
    stripe.pay(card.reference or "")
    buyer.get(return_url(card))
    group.refresh_from_db()
    assert group.state == "paid"
    drain("drain_payments")
    assert invoice_of(group).state == "expired"
    assert set(group.places.values_list("state", flat=True)) == {"reserved"}
    bank.paid_in(account, invoice_of(group))  # a diligent bookkeeper pays once more
    assert sum(Refund.objects.values_list("amount", flat=True)) == 405_000
    assert Refund.objects.values_list("cause", flat=True).distinct().get() == "twice"


def test_a_card_page_nobody_paid_leaves_the_seats(selling: Cohort, buyer: Client, stripe: LocalStripe) -> None:
    group = invoiced(buyer, selling)
    answer = buyer.post(at("seat_group_accept", group), {"how": "card"})
    Payment.objects.filter(address=answer.url).update(expires_at=timezone.now(), due_at=timezone.now())
    drain("drain_payments")
    assert Payment.objects.get(address=answer.url).state == "expired"
    group.refresh_from_db()
    assert group.state == "invoiced"
    assert group.places.filter(state="reserved").count() == 3


def test_a_cohort_called_off_ends_the_invoice_too(
    account: DepositAccount, selling: Cohort, host: User, buyer: Client
) -> None:
    group = invoiced(buyer, selling)
    cohorts.call_off(host, selling)
    hurry()
    look()
    assert invoice_of(group).state == "expired"  # before its seats have ended
    queue.drain("cohorts.drain_cohort_news")
    for _ in range(2):
        hurry()
        drain()
    group.refresh_from_db()
    assert (group.state, invoice_of(group).state) == ("ended", "expired")
    assert not group.places.exclude(state="cancelled").exists()


def test_money_for_a_cohort_called_off_a_moment_ago_goes_back(
    account: DepositAccount, selling: Cohort, host: User, buyer: Client
) -> None:
    group = invoiced(buyer, selling)
    cohorts.call_off(host, selling)
    bank.paid_in(account, invoice_of(group))
    assert list(Refund.objects.values_list("cause", "amount")) == [("called_off", 135_000)] * 3
    assert (balance("escrow"), balance("payable"), everything()) == (0, 0, 0)


def test_a_seat_that_changed_hands_stays_on_the_invoice(
    account: DepositAccount, selling: Cohort, buyer: Client
) -> None:
    group = invoiced(buyer, selling)
    person = make_person("colleague", "동료")
    sit(person, group.token)
    sign_in(person).post(reverse("leave", args=[selling.study.slug, selling.number]), {"seen": "0"})
    assert PaymentLine.objects.filter(enrollment__state="reserved").count() == 3
    bank.paid_in(account, invoice_of(group))
    group.refresh_from_db()
    assert group.state == "paid"
    assert group.places.filter(state="reserved").count() == 3


def test_who_buys_for_a_company_joins_alone_as_anybody(selling: Cohort, buyer: Client, stripe: LocalStripe) -> None:
    group = invoiced(buyer, selling)
    own = begin(buyer, selling)
    assert (own.provider, own.lines.get().enrollment.person) == ("stripe", group.buyer)
    assert 'value="invoice"' not in buyer.get(join_url(selling)).content.decode()
    assert invoice_of(group).state == "open"


def test_postgresql_wants_a_day_for_what_is_owed(selling: Cohort, buyer: Client) -> None:
    group = invoiced(buyer, selling)
    for values in ({"pay_by": None}, {"state": "overdue", "pay_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SeatGroup.objects.filter(pk=group.pk).update(**values)
    assert Enrollment.objects.filter(group=group).count() == 3
