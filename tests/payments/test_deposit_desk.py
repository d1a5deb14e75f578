"""The desk for deposits: the bank's file read once, matched by code and amount, the rest decided by a person."""

from collections.abc import Callable
from functools import partial

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from cohorts.services import seats
from payments import bank_files
from payments.models import BankDeposit, BankMovement, DepositAccount, DepositReturn, LedgerTransaction, Payment
from payments.services import bank_movements, deposit_orders, deposits
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.admin.desk import press, staff, text
from tests.payments import deposits as bank
from tests.payments.buying import assert_seats_match, balance, join
from tests.payments.money_world import everything
from tests.people import make_person, sign_in
from tests.racing import at_once, in_turn

pytestmark = pytest.mark.django_db
TABLE, BACK = "payments.bankdeposit", "payments.depositreturn"


@pytest.fixture
def account(host: User, cohort: Cohort) -> DepositAccount:
    return bank.switch_on(host, cohort)


@pytest.fixture
def payment(account: DepositAccount, cohort: Cohort, buyer: Client) -> Payment:
    return bank.order(buyer, cohort)


@pytest.fixture
def desk(db: None) -> Client:
    return bank.at_desk()


def code(payment: Payment) -> str:
    return str(payment.deposit_order.code)


def stands(payment: Payment) -> tuple[str, str]:
    payment.refresh_from_db()
    return payment.state, Enrollment.objects.get(payment_lines__payment=payment).state


def today() -> str:
    return timezone.localdate().isoformat()


def books() -> tuple[int, ...]:
    return tuple(balance(kind) for kind in ("bank", "deposits", "escrow", "paying"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp949"])
def test_the_same_file_twice_is_harmless(
    desk: Client, account: DepositAccount, payment: Payment, encoding: str
) -> None:
    lines = [bank.line(f"조다니{code(payment)}", 150_000), *[bank.line("김모름", 7_000, at="2026-11-02 10:00:00")] * 2]
    for _n in range(2):
        bank.upload(desk, account, bank.file_of(*lines, encoding=encoding))
    assert BankDeposit.objects.count() == 3  # two alike in one file are two
    assert stands(payment) == ("paid", "active")
    assert books() == (164_000, -14_000, -150_000, 0)
    assert LedgerTransaction.objects.filter(cause__startswith="deposit:").count() == 3
    assert "김모름" in text(desk.get(reverse("admin:payments_bankdeposit_changelist")))
    front = text(desk.get(reverse("admin:index")))
    assert "Bank deposits nobody could match" in front


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("거래일자,거래시간,출금금액,입금금액,거래내용,거래기록사항", '20261102,10:33:00,0,"150,000",전자금융,{}'),
        ("No,거래일시,적요,기재내용,찾으신금액,맡기신금액,거래후잔액", "1,2026.11.02 10:33,FB,{},,150000,99"),
        ("거래일,입금액(원),보낸분", "2026/11/02,150000원,{}"),
        ("date;amount;description", "2026-11-02;150,000;{}"),
    ],
)
def test_columns_as_banks_name_them(
    desk: Client, account: DepositAccount, payment: Payment, head: str, line: str
) -> None:
    bank.upload(desk, account, bank.file_of(line.format(f"조다니 {code(payment)}"), "합계,,,", head=head))
    assert stands(payment)[0] == "paid"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"just words",
        b"date,amount\n2026-13-45,5\n",
        b"date,amount\n2026-11-02,1;DROP\n",
        b"date,amount\n2026-11-02,1e5\n",
        b"date,amount\n2026-11-02,2147483648\n",  # more than a deposit can be: never left out in silence
        b"a,b\n1,2",
    ],
)
def test_what_is_no_bank_file_is_refused_whole(desk: Client, account: DepositAccount, content: bytes) -> None:
    answer = bank.upload(desk, account, SimpleUploadedFile("x.csv", content))
    assert answer.status_code == 422
    assert not BankDeposit.objects.exists()


def test_hostile_cells_are_only_words(desk: Client, account: DepositAccount) -> None:
    hostile = "=cmd|'/C calc'!A0<script>alert(1)</script>\x00\u202e"
    bank.upload(desk, account, bank.file_of(bank.line(hostile, 1_000)))
    row = BankDeposit.objects.get()
    assert "\x00" not in row.words
    assert "\u202e" not in row.words
    page = text(desk.get(reverse("admin:payments_bankdeposit_changelist")))
    assert "<script>alert(1)" not in page
    exported = desk.get(reverse("admin:payments_bankdeposit_export")).content.decode()
    assert not any(cell.startswith("=") for cell in exported.replace('"', "").split(","))


def test_too_little_is_asked_for_and_the_rest_completes_it(
    desk: Client, account: DepositAccount, payment: Payment, stranger: User, host: User, cohort: Cohort
) -> None:
    bank.paid_in(account, payment, 100_000, number=1)
    row = BankDeposit.objects.get()
    assert row.state == "unmatched"
    assert "₩50,000 is missing" in text(press(desk, TABLE, "match", row, apply="1"))
    assert BankDeposit.objects.get().state == "unmatched"
    press(desk, TABLE, "match", row, sure="1")
    assert Letter.objects.get(recipient=stranger, key__startswith="deposit-short").subject.startswith("₩50,000")
    assert stands(payment) == ("open", "held")
    assert "₩50,000 is still missing" in bank.page_text(sign_in(stranger), payment)
    assert "100,000원 먼저 들어왔어요" in text(sign_in(host).get(bank.plan_url(cohort)))
    bank.paid_in(account, payment, 50_000, number=2)
    assert stands(payment) == ("paid", "active")
    assert books() == (150_000, 0, -150_000, 0)


def test_too_little_at_the_deadline_goes_back(
    desk: Client, account: DepositAccount, payment: Payment, stranger: User
) -> None:
    bank.paid_in(account, payment, 100_000)
    press(desk, TABLE, "match", BankDeposit.objects.get(), sure="1")
    with time_machine.travel(payment.expires_at, tick=False):
        Payment.objects.update(due_at=timezone.now())
        queue.drain("payments.drain_payments")
    back = DepositReturn.objects.get()
    assert (back.amount, back.cause, back.state, back.account_ending) == (100_000, "short", "owed", "3444")
    assert stands(payment) == ("expired", "expired")
    assert books() == (100_000, 0, 0, -100_000)
    assert "110222333444" in text(press(desk, BACK, "sent", back))
    for _n in range(2):
        press(desk, BACK, "sent", back, apply="1", on=today(), reference="T-1")
    assert books() == (0, 0, 0, 0)
    assert Letter.objects.filter(recipient=stranger, key__startswith="deposit-sent-back").count() == 1


def test_too_little_can_be_given_back_before(desk: Client, account: DepositAccount, payment: Payment) -> None:
    bank.paid_in(account, payment, 100_000)
    row = BankDeposit.objects.get()
    press(desk, TABLE, "match", row, sure="1")
    assert "₩100,000 goes back" in text(press(desk, TABLE, "give_back", row, apply="1", note="asked"))
    press(desk, TABLE, "give_back", row, sure="1", note="asked")
    assert BankDeposit.objects.get().state == "returned"
    assert books() == (100_000, 0, 0, -100_000)
    bank.paid_in(account, payment, 150_000, number=2)
    assert stands(payment) == ("paid", "active")


def test_too_little_for_a_payment_that_is_over_is_not_asked_for_and_all_of_it_takes_a_seat(
    desk: Client, account: DepositAccount, payment: Payment, buyer: Client
) -> None:
    buyer.post(f"/checkout/{payment.public_id}/give-up/")
    bank.upload(desk, account, bank.file_of(bank.line("조다니", 100_000)))
    row = BankDeposit.objects.get()
    assert "Its deadline is past" in text(press(desk, TABLE, "match", row, sure="1", code=code(payment)))
    assert BankDeposit.objects.get().state == "unmatched"
    assert not Letter.objects.filter(key__startswith="deposit-short").exists()
    bank.upload(desk, account, bank.file_of(bank.line("조다니", 150_000, 2)))
    press(desk, TABLE, "match", BankDeposit.objects.latest("pk"), sure="1", code=code(payment))
    assert stands(payment) == ("paid", "active")


def test_the_money_of_a_seat_paid_in_the_last_moment_does_not_go_back(
    account: DepositAccount, payment: Payment, buyer: Client
) -> None:
    """Somebody lets the seat go with the page they had open before the bank's file was read."""
    before = Payment.objects.get(pk=payment.pk)
    bank.paid_in(account, payment)
    deposit_orders.end(before)
    assert stands(payment) == ("paid", "active")
    assert not DepositReturn.objects.exists()
    assert books() == (150_000, 0, -150_000, 0)


def test_one_transfer_is_written_down_for_one_thing_once(desk: Client, account: DepositAccount) -> None:
    bank.upload(desk, account, bank.file_of(bank.line("김모름", 5_000), bank.line("박모름", 6_000)))
    for row in BankDeposit.objects.all():
        press(desk, TABLE, "give_back", row, sure="1", note="x")
    first, second = DepositReturn.objects.order_by("pk")
    press(desk, BACK, "sent", first, apply="1", on=today(), reference="T-1")
    said = text(press(desk, BACK, "sent", second, apply="1", on=today(), reference="T-1"))
    assert "That transfer is written down for another one." in said
    assert "It was sent already." in text(press(desk, BACK, "sent", first, apply="1", on=today(), reference="T-2"))
    assert sorted(DepositReturn.objects.values_list("state", flat=True)) == ["owed", "sent"]
    assert books() == (6_000, 0, 0, -6_000)


def test_too_much_gives_the_seat_and_the_difference_back(
    desk: Client, account: DepositAccount, payment: Payment, stranger: User
) -> None:
    bank.paid_in(account, payment, 170_000)
    row = BankDeposit.objects.get()
    assert "₩20,000 too much" in text(press(desk, TABLE, "match", row, apply="1"))
    press(desk, TABLE, "match", row, sure="1")
    assert stands(payment) == ("paid", "active")
    assert DepositReturn.objects.get().amount == 20_000
    assert books() == (170_000, 0, -150_000, -20_000)
    assert "₩20,000 goes back to you" in Letter.objects.get(recipient=stranger, key__startswith="deposit-goes").subject
    press(desk, BACK, "sent", DepositReturn.objects.get(), apply="1", on=today(), reference="T-2")
    assert books() == (150_000, 0, -150_000, 0)
    assert everything() == 0


def test_without_a_code_a_person_names_whose_it_is(desk: Client, account: DepositAccount, payment: Payment) -> None:
    bank.upload(desk, account, bank.file_of(bank.line("조다니", 150_000)))
    row = BankDeposit.objects.get()
    assert row.state == "unmatched"
    assert "Nobody who pays into this account has that code." in text(press(desk, TABLE, "match", row, sure="1"))
    assert "Just the amount" in text(press(desk, TABLE, "match", row, apply="1", code=code(payment)))
    press(desk, TABLE, "match", row, sure="1", code=code(payment))
    assert stands(payment) == ("paid", "active")


def test_what_nobody_knows_goes_back_to_whom_the_bank_names(desk: Client, account: DepositAccount) -> None:
    bank.upload(desk, account, bank.file_of(bank.line("김모름", 5_000)))
    row = BankDeposit.objects.get()
    told = {"note": "not ours", "bank": "우리은행", "holder": "김모름", "account": "1002-333-444555"}
    assert "1002333444555" in text(press(desk, TABLE, "give_back", row, apply="1", **told))
    press(desk, TABLE, "give_back", row, sure="1", **told)
    back = DepositReturn.objects.get()
    assert (back.cause, back.account_ending) == ("unknown", "4555")
    assert "1002333444555" not in back.account_sealed
    press(desk, BACK, "sent", back, apply="1", on=today(), reference="T-3")
    assert books() == (0, 0, 0, 0)


def test_money_of_a_paid_seat_is_not_given_back_here_nor_paid_twice(
    desk: Client, account: DepositAccount, payment: Payment
) -> None:
    bank.paid_in(account, payment, number=1)
    row = BankDeposit.objects.get()
    assert "has paid for a seat" in text(press(desk, TABLE, "give_back", row, sure="1", note="x"))
    bank.paid_in(account, payment, number=2)
    second = BankDeposit.objects.get(state="unmatched")
    assert "paid for already" in text(press(desk, TABLE, "match", second, sure="1"))
    press(desk, TABLE, "give_back", second, sure="1", note="twice")
    assert "dealt with this deposit" in text(press(desk, TABLE, "give_back", second, sure="1", note="again"))
    assert books() == (300_000, 0, -150_000, -150_000)


def test_two_codes_in_one_line_are_for_a_person(desk: Client, account: DepositAccount, payment: Payment) -> None:
    other = bank.order(sign_in(make_person("two", "둘")), Cohort.objects.get())
    bank.upload(desk, account, bank.file_of(bank.line(f"{code(payment)} {code(other)}", 150_000)))
    assert BankDeposit.objects.get().state == "unmatched"


def test_looking_is_not_handling(account: DepositAccount, payment: Payment, host: User) -> None:
    looks = sign_in(staff("looks", "payments.view_bankdeposit", "payments.view_depositaccount", language="en"))
    for who in (looks, sign_in(host)):
        bank.upload(who, account, bank.file_of(bank.line(code(payment), 150_000)))
    assert not BankDeposit.objects.exists()
    bank.upload(bank.at_desk(), account, bank.file_of(bank.line("x", 150_000)))
    row = BankDeposit.objects.get()
    press(looks, TABLE, "match", row, sure="1", code=code(payment))
    press(looks, TABLE, "give_back", row, sure="1", note="x")
    assert BankDeposit.objects.get().state == "unmatched"


def test_a_file_read_and_not_matched_is_matched_by_its_queue(account: DepositAccount, payment: Payment) -> None:
    read = bank_files.read(bank.file_of(bank.line(code(payment), 150_000)).read())
    deposits.take_in(None, account, read)
    assert stands(payment) == ("open", "held")
    for _n in range(2):
        queue.drain(deposits.QUEUE)
    assert stands(payment) == ("paid", "active")


def test_a_balance_no_account_holds_is_left_out(desk: Client, account: DepositAccount, payment: Payment) -> None:
    bank.upload(desk, account, bank.file_of(bank.line(code(payment), 150_000, there="9" * 25)))
    assert (stands(payment), BankMovement.objects.get().balance) == (("paid", "active"), None)


@pytest.mark.django_db(transaction=True)
def test_two_at_the_desk_read_one_file_at_once(account: DepositAccount, payment: Payment) -> None:
    desks = [bank.at_desk(f"teller-{n}") for n in range(3)]
    line = bank.line(code(payment), 150_000)
    bank_movements.copy(account, bank_files.read(bank.file_of(line).read()))  # kept before, and its booking was lost
    reads = [lambda desk=desk: bank.upload(desk, account, bank.file_of(line)) for desk in desks]
    assert in_turn(*reads, table="payments_depositaccount") == ["done"] * 3
    assert BankDeposit.objects.count() == 1
    assert stands(payment) == ("paid", "active")
    assert Letter.objects.filter(key__startswith="joined").count() == 1
    assert (books(), everything()) == ((150_000, 0, -150_000, 0), 0)


@pytest.mark.django_db(transaction=True)
def test_two_matchings_of_one_deposit_at_once(account: DepositAccount, payment: Payment) -> None:
    desks = [bank.at_desk(f"teller-{n}") for n in range(3)]
    bank.upload(desks[0], account, bank.file_of(bank.line("조다니", 170_000)))
    row = BankDeposit.objects.get()
    match = [lambda desk=desk: press(desk, TABLE, "match", row, sure="1", code=code(payment)) for desk in desks]
    at_once(*match, lambda: press(desks[0], TABLE, "give_back", row, sure="1", note="x"))
    assert DepositReturn.objects.count() == 1
    assert sum(books()) == 0
    assert books()[:2] == (170_000, 0)
    assert_seats_match(Cohort.objects.get())


def by_hand(row: BankDeposit, payment: Payment) -> object:
    return deposits.attach(User.objects.get(handle="teller"), row, code=code(payment))


def by_its_code(row: BankDeposit, payment: Payment) -> object:
    return deposits.match(row)


def back(row: BankDeposit, payment: Payment) -> object:
    return deposits.give_back(User.objects.get(handle="teller"), row, note="x")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("words", ["조다니", "{code}"])
@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        (by_hand, by_hand, "refused"),
        (by_hand, by_its_code, "not done"),
        (by_hand, back, "refused"),
        (back, by_hand, "refused"),
        (back, by_its_code, "not done"),
        (back, back, "refused"),
    ],
)
def test_one_deposit_goes_one_way_whoever_else_is_at_it(
    account: DepositAccount, payment: Payment, words: str, first: Callable, second: Callable, outcome: str
) -> None:
    """`words` name another payment than the one somebody gives it to by hand, or none."""
    other = bank.order(sign_in(make_person("two", "둘")), Cohort.objects.get())
    bank.upload(bank.at_desk(), account, bank.file_of(bank.line("x", 150_000)))
    BankDeposit.objects.update(words=words.format(code=code(other)))
    row = BankDeposit.objects.get()
    deeds = [partial(deed, row, payment) for deed in (first, second)]
    assert in_turn(*deeds, table="payments_bankdeposit") == ["done", outcome]
    assert stands(other) == ("open", "held")
    assert books() == ((150_000, 0, 0, -150_000) if first is back else (150_000, 0, -150_000, 0))
    assert everything() == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_the_desk_send_one_deposit_back(desk: Client, account: DepositAccount) -> None:
    bank.upload(desk, account, bank.file_of(bank.line("김모름", 5_000)))
    press(desk, TABLE, "give_back", BankDeposit.objects.get(), sure="1", note="x")
    row, teller = DepositReturn.objects.get(), User.objects.get(handle="teller")
    sent = [partial(deposits.sent_back, teller, row, on=timezone.localdate(), reference=name) for name in "AB"]
    assert in_turn(*sent, table="payments_depositreturn") == ["done", "refused"]
    assert DepositReturn.objects.get().reference.endswith("A")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_a_hold_that_ends_while_its_deposit_is_matched(account: DepositAccount, payment: Payment, turn: int) -> None:
    place = Enrollment.objects.get(payment_lines__payment=payment)
    past = timezone.now()
    Enrollment.objects.filter(pk=place.pk).update(hold_until=past)
    Payment.objects.filter(pk=payment.pk).update(expires_at=past, due_at=past)
    desk, file = bank.at_desk(), bank.file_of(bank.line(code(payment), 150_000))
    at_once(
        lambda: bank.upload(desk, account, file),
        lambda: seats.expire(place),
        lambda: queue.drain("payments.drain_payments"),
    )
    assert stands(payment) == ("paid", "active")  # late or not: a seat is free
    assert books() == (150_000, 0, -150_000, 0)
    assert_seats_match(Cohort.objects.get())


@pytest.mark.django_db(transaction=True)
def test_the_share_holds_when_all_come_at_once(account: DepositAccount, cohort: Cohort) -> None:
    browsers = [sign_in(make_person(f"b-{n}", f"이 {n}")) for n in range(6)]
    at_once(*[lambda browser=browser: join(browser, cohort, provider="bank") for browser in browsers])
    assert Payment.objects.filter(provider="bank").count() == 3
    assert_seats_match(cohort)
