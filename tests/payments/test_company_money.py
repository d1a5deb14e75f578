"""A company's money that comes in parts, twice, or is taken back by its bank: each ends in a named state."""

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, SeatGroup
from cohorts.services import cohorts
from payments.models import BankDeposit, DepositAccount, DepositReturn, Payment, Receipt, Refund
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.admin.desk import press, text
from tests.payments import deposits as bank
from tests.payments.buying import LocalStripe, assert_books_match, balance, drain, return_url
from tests.payments.companies import at, bought, quoted, sell, sit
from tests.payments.disputing import disputed, then
from tests.payments.money_world import everything
from tests.payments.test_company_invoices import decide, invoice_of, invoiced, look, overdue
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db
TABLE = "payments.bankdeposit"
ALL = 405_000


@pytest.fixture
def account(host: User, cohort: Cohort) -> DepositAccount:
    return bank.switch_on(host, cohort)


@pytest.fixture
def group(account: DepositAccount, host: User, cohort: Cohort, buyer: Client) -> SeatGroup:
    sell(host, cohort, invoice_days="20")
    return invoiced(buyer, cohort)


def reach(account: DepositAccount, group: SeatGroup, amount: int, number: str = "1") -> SeatGroup:
    """Money with the invoice's code reaches the bank; the desk matches what is not just the missing amount."""
    bank.paid_in(account, invoice_of(group), amount, number)
    deposit = BankDeposit.objects.latest("pk")
    if deposit.state == "unmatched":
        press(bank.at_desk(), TABLE, "match", deposit, sure="1")
    group.refresh_from_db()
    return group


def told(person: User, start: str) -> str:
    found = Letter.objects.filter(recipient=person, key__startswith=start).order_by("-pk")
    return " ".join(f"{one.shown_subject} {one.text}" for one in found)


def seats(group: SeatGroup) -> set[str]:
    return set(group.places.values_list("state", flat=True))


# Parts


def test_a_part_waits_for_the_rest_and_the_rest_pays(account: DepositAccount, group: SeatGroup, buyer: Client) -> None:
    assert reach(account, group, 300_000).state == "invoiced"
    assert not Receipt.objects.exists()
    assert balance("escrow") == 0
    page = buyer.get(group.get_absolute_url()).content.decode()
    assert "105,000" in page
    letter = told(group.buyer, "deposit-short:")
    assert "105,000" in letter
    assert "the seat is yours" not in letter  # they are theirs already, and nothing goes back by a clock
    assert reach(account, group, 105_000, "2").state == "paid"
    assert (balance("escrow"), Receipt.objects.count()) == (-ALL, 1)
    assert everything() == 0
    assert not DepositReturn.objects.exists()


def test_what_is_missing_is_what_is_asked_for(account: DepositAccount, group: SeatGroup, host: User) -> None:
    reach(account, group, 300_000)
    overdue(group)
    for person, key in ((group.buyer, "group-overdue:"), (host, "group-overdue:")):
        assert "105,000" in told(person, key), key
    decide(host, group, "extend")
    assert "105,000" in told(group.buyer, "group-extended:")
    assert reach(account, group, 105_000, "2").state == "paid"


def test_more_than_the_invoice_pays_it_and_the_difference_goes_back(account: DepositAccount, group: SeatGroup) -> None:
    assert reach(account, group, 425_000).state == "paid"
    back = DepositReturn.objects.get()
    assert (back.amount, back.cause) == (20_000, "over")
    assert balance("escrow") == -ALL
    assert everything() == 0


def test_a_part_and_then_too_much(account: DepositAccount, group: SeatGroup) -> None:
    reach(account, group, 300_000)
    assert reach(account, group, 110_000, "2").state == "paid"
    assert DepositReturn.objects.get().amount == 5_000
    assert balance("escrow") == -ALL


def test_paid_twice_by_transfer_the_second_waits_for_the_desk_and_goes_back(
    account: DepositAccount, group: SeatGroup
) -> None:
    reach(account, group, ALL)
    bank.paid_in(account, invoice_of(group), ALL, "2")
    second = BankDeposit.objects.latest("pk")
    desk = bank.at_desk()
    assert "paid for already" in text(press(desk, TABLE, "match", second, sure="1"))
    second.refresh_from_db()
    assert second.state == "unmatched"
    press(desk, TABLE, "give_back", second, sure="1", note="paid twice")
    assert DepositReturn.objects.get().amount == ALL
    assert (Payment.objects.filter(state="paid").count(), balance("escrow")) == (1, -ALL)
    assert everything() == 0


def test_a_card_after_a_part_pays_all_and_the_part_goes_back(
    account: DepositAccount, group: SeatGroup, buyer: Client, stripe: LocalStripe
) -> None:
    reach(account, group, 300_000)
    card = Payment.objects.get(address=buyer.post(at("seat_group_accept", group), {"how": "card"}).url)
    assert card.amount == ALL
    stripe.pay(card.reference or "")
    buyer.get(return_url(card))
    drain("drain_payments")
    group.refresh_from_db()
    assert (group.state, invoice_of(group).state) == ("paid", "expired")
    assert (DepositReturn.objects.get().amount, balance("deposits")) == (300_000, 0)
    assert "paid for another way" in told(group.buyer, "deposit-goes-back:")


def test_a_part_of_seats_the_host_ended_goes_back(account: DepositAccount, group: SeatGroup, host: User) -> None:
    reach(account, group, 300_000)
    overdue(group)
    decide(host, group, "end")
    assert (group.state, DepositReturn.objects.get().amount) == ("ended", 300_000)
    assert "before all of the invoice was paid" in told(group.buyer, "deposit-goes-back:")
    look()
    assert DepositReturn.objects.count() == 1


# The company's bank


@pytest.fixture
def paid(stripe: LocalStripe, before: int, host: User, cohort: Cohort, buyer: Client) -> SeatGroup:
    sell(host, cohort)
    return bought(buyer, cohort, stripe)


def payment_of(group: SeatGroup) -> Payment:
    return Payment.objects.get(lines__enrollment=group.places.order_by("pk")[0], state="paid")


def test_a_lost_dispute_ends_the_seats_and_has_a_name(
    stripe: LocalStripe, before: int, paid: SeatGroup, cohort: Cohort, buyer: Client
) -> None:
    person = make_person("colleague", "동료")
    sit(person, paid.token)
    dispute = disputed(stripe, payment_of(paid))
    paid.refresh_from_db()
    assert paid.state == "paid"  # nobody is thrown out before the bank decides
    assert "At your bank" in buyer.get(paid.get_absolute_url()).content.decode()
    then(stripe, dispute, "lose")
    paid.refresh_from_db()
    assert (paid.state, seats(paid)) == ("lost", {"cancelled"})
    assert Letter.objects.filter(recipient=paid.buyer, key__startswith="group-lost:").count() == 1
    assert Letter.objects.filter(recipient=person, key__startswith="group-seat-ended:").count() == 1
    assert "took back" in buyer.get(paid.get_absolute_url()).content.decode()
    assert sit(make_person("late", "늦은"), paid.token).status_code != 302
    assert_books_match(stripe, cohort, before)


def test_a_dispute_won_or_of_a_part_leaves_it_paid(
    stripe: LocalStripe, before: int, paid: SeatGroup, cohort: Cohort
) -> None:
    then(stripe, disputed(stripe, payment_of(paid), "answer"), "win")
    paid.refresh_from_db()
    assert (paid.state, seats(paid)) == ("paid", {"reserved"})
    assert not Refund.objects.exists()
    assert_books_match(stripe, cohort, before)


def test_a_part_that_was_lost_leaves_the_seats(stripe: LocalStripe, before: int, paid: SeatGroup) -> None:
    disputed(stripe, payment_of(paid), "lose", amount=100_000)
    paid.refresh_from_db()
    assert (paid.state, seats(paid)) == ("paid", {"reserved"})
    assert "305,000" in sign_in(paid.buyer).get(paid.get_absolute_url()).content.decode()


def test_a_company_reads_once_of_seats_called_off_while_its_bank_decides(
    stripe: LocalStripe, before: int, paid: SeatGroup, cohort: Cohort, host: User
) -> None:
    """One letter tells of all its seats; what the host gave of one, when it comes, is told apart."""
    dispute = disputed(stripe, payment_of(paid), "answer", amount=100_000)
    gift = {"amount": "35,000", "reason": "늦게 시작해서요", "key": "2222222222", "sure": "1"}
    sign_in(host).post(reverse("member_refund", args=[paid.places.order_by("pk")[0].public_id]), gift)
    cohorts.call_off(host, cohort)
    drain("drain_called_off")
    assert set(Refund.objects.values_list("state", flat=True)) == {"held"}
    then(stripe, dispute, "win")
    assert sum(Refund.objects.filter(state="succeeded").values_list("amount", flat=True)) == ALL
    owed = Letter.objects.filter(recipient=paid.buyer, key__startswith="refund_owed:")
    assert [gift["reason"] in letter.text for letter in owed] == [True]
    assert_books_match(stripe, cohort, before)


def test_a_quote_after_it_stands_by_itself(stripe: LocalStripe, before: int, paid: SeatGroup, buyer: Client) -> None:
    disputed(stripe, payment_of(paid), "lose")
    again = quoted(buyer, paid.cohort)
    assert again.state == "quoted"
    queue.drain("payments.drain_payments")
    again.refresh_from_db()
    assert again.state == "quoted"
