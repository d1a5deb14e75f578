"""The worked example of docs/money.md is run: every number in its table is what the ledger says."""

import datetime
import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts import pricing
from cohorts.models import Cohort, Coupon, SeatGroup, Seats, Session, Study
from cohorts.services import (
    cohorts,
    coupons,
    credit_uses,
    group_seats,
    prices,
    scholarships,
    seat_groups,
    seats,
)
from payments.flows import refunds as flow
from payments.models import BankDeposit, DepositReturn, LedgerAccount, LedgerTransaction, Payment, PaymentLine, Refund
from payments.services import (
    batches,
    disputes,
    giving,
    group_orders,
    group_returns,
    kindness,
    leaving,
    ledger,
    moving,
    payments,
    payouts,
    refunds,
    releases,
    sales,
    taxes,
)
from payments.truth import Charge, Claim, MoneyBack, Moved, Page
from studyplatform.accounts.models import User
from studyplatform.kit import money, queue
from studyplatform.kit.months import Month
from tests.admin.desk import press
from tests.cohorts.credit import give, unused
from tests.payments import deposits
from tests.payments.companies import ASKED
from tests.payments.money_world import everything, paid_seat, payee_for
from tests.payments.test_dues import agree, live_until, with_group_sessions
from tests.people import make_cohort, make_person

pytestmark = pytest.mark.django_db

PAGE = Path(settings.BASE_DIR, "docs/money.md")
ROW = re.compile(r"^\| [^|]+ \| `(?P<cause>[a-z_-]+):[^`]*` \| (?P<entries>[^|]+) \|$", re.MULTILINE)
ENTRY = re.compile(r"(\w+) ([+−])([\d,]+)")


def told(heading: str) -> list[tuple[str, dict[str, int]]]:
    """The table under a heading: kinds of cause, and signed amounts by account."""
    section = PAGE.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [(row["cause"], amounts(row["entries"])) for row in ROW.finditer(section)]


def amounts(cell: str) -> dict[str, int]:
    found = ENTRY.findall(cell)
    return {name: int(number.replace(",", "")) * (1 if sign == "+" else -1) for name, sign, number in found}


def booked(names: dict[int | None, str]) -> list[tuple[str, dict[str, int]]]:
    """All the ledger holds, in the words of the table."""

    def name(at: LedgerAccount) -> str:
        return names[at.person_id] if at.kind == LedgerAccount.Kind.PAYABLE else str(at.kind)

    rows = LedgerTransaction.objects.order_by("pk").prefetch_related("entries__account")
    return [(row.cause.split(":")[0], {name(e.account): e.amount for e in row.entries.all()}) for row in rows]


def live_through(cohort: Cohort, buyer: User) -> None:
    """Paid, fee known, two sessions over, half of the price given back, the other two sessions over."""
    line: PaymentLine = paid_seat(buyer, cohort, cohort.subgroups.first())
    sales.book_fee(line.payment, Charge("ch_1", "visa 4242", 5_250, "KRW"))
    for session in cohort.sessions.filter(number__lte=2):
        releases.release(session)
    refund = refunds.owe(line, 75_000, "left")
    refunds.begin(refund)
    refunds.record(refund, MoneyBack("re_1", "succeeded", 75_000, "KRW", "pi_1", str(refund.pk)))
    for session in cohort.sessions.filter(number__gt=2):
        releases.release(session)


def test_every_number_of_the_worked_example_is_booked(
    cohort: Cohort, host: User, partner: User, stranger: User, admin: User
) -> None:
    live_through(cohort, stranger)
    for person in (host, partner):
        payee_for(person)
    payouts.run()
    batch = batches.make(admin, "KRW")
    batches.approve(make_person("checker", "둘째"), batch)
    batches.confirm(admin, batches.export(admin, batch), {})
    assert booked({host.pk: "host", partner.pk: "partner"}) == told("One seat at 150,000 won, four sessions")
    assert everything() == 0


def test_every_number_of_a_move_is_booked(cohort: Cohort, host: User, partner: User, stranger: User) -> None:
    later = make_cohort(cohort.study, amount=75_000, starts_on=cohort.starts_on + datetime.timedelta(weeks=9))
    Cohort.objects.filter(pk=later.pk).update(closes_at=timezone.now() + datetime.timedelta(weeks=9))
    line = paid_seat(stranger, cohort, cohort.subgroups.first())
    sales.book_fee(line.payment, Charge("ch_1", "visa 4242", 5_250, "KRW"))
    for session in cohort.sessions.filter(number__lte=2):
        releases.release(session)
    with time_machine.travel(cohort.sessions.get(number=2).ends_at, tick=False):
        moving.move(stranger, line.enrollment, later, seen=moving.quote(line.enrollment, later).word)
    assert booked({host.pk: "host", partner.pk: "partner"}) == told("Moving to a later cohort")
    assert everything() == 0


def test_every_number_of_a_gift_is_booked(cohort: Cohort, host: User, partner: User, stranger: User) -> None:
    line, friend = paid_seat(stranger, cohort, cohort.subgroups.first()), make_person("friend", "지우")
    sales.book_fee(line.payment, Charge("ch_1", "visa 4242", 5_250, "KRW"))
    first, second = cohort.sessions.filter(number__lte=2).order_by("number")
    releases.release(first)
    with time_machine.travel(first.ends_at, tick=False):
        new = giving.accept(friend, giving.offer(stranger, line.enrollment, name="지우", email=friend.email))
    releases.release(second)
    with time_machine.travel(second.ends_at, tick=False):
        leaving.leave(friend, new, seen=75_000)
    assert booked({host.pk: "host", partner.pk: "partner"}) == told("Giving the seat to somebody")
    assert Refund.objects.get().line.payment.buyer == stranger


def companys(cohort: Cohort, host: User, buyer: User) -> SeatGroup:
    """Three seats of a company, paid by card."""
    told_by = {name: ASKED[name] for name in ("company", "contact", "contact_email", "language")}
    seat_groups.save_plan(host, cohort, on=True, reduction=1_000, reduction_from=3, quote_days=14, invoice_days=0)
    group = seat_groups.quote(buyer, cohort, size=3, **told_by)
    payment = group_orders.accept(buyer, group)
    charge = Charge("ch_1", "visa 4242", 14_175, "KRW")
    how = {"status": "complete", "payment_status": "paid", "address": "", "expires_at": timezone.now()}
    paid = {"amount": 405_000, "currency": "KRW", "payment": payment.public_id, "intent": "pi_1", "charge": charge}
    payments.settle(payment, Page("cs_1", **how, **paid))
    return group


def test_every_number_of_a_companys_seats_is_booked(cohort: Cohort, host: User, stranger: User) -> None:
    group = companys(cohort, host, stranger)
    group_seats.take(make_person("colleague", "동료"), group.token)
    releases.release(cohort.sessions.get(number=1))
    each = told("Seats a company buys")
    assert booked({host.pk: "host"}) == [row for row in each for _seat in range(3)]
    assert everything() == 0


def test_every_number_of_seats_a_company_gives_back_is_booked(cohort: Cohort, host: User, stranger: User) -> None:
    group = companys(cohort, host, stranger)
    first, second = cohort.sessions.filter(number__lte=2).order_by("number")
    releases.release(first)
    before = LedgerTransaction.objects.count()
    two = list(group_seats.unnamed(group)[:2])
    with time_machine.travel(first.ends_at, tick=False):
        group_returns.give_back(stranger, group, [seat.public_id for seat in two], seen=202_500)
    for refund in Refund.objects.order_by("pk"):
        refunds.begin(refund)
        refunds.record(refund, MoneyBack(f"re_{refund.pk}", "succeeded", 101_250, "KRW", "pi_1", str(refund.pk)))
    releases.release(second)
    owed, sent, release = told("A company gives seats back")
    assert booked({host.pk: "host"})[before:] == [owed, owed, sent, sent, release]
    assert set(Refund.objects.values_list("cause", "line__enrollment__state")) == {("seat_back", "cancelled")}
    assert (Seats.objects.get(cohort=cohort).taken, everything()) == (1, 0)


def test_what_comes_back_of_a_companys_seats(cohort: Cohort, host: User, stranger: User) -> None:
    group = companys(cohort, host, stranger)
    starts = cohort.sessions.filter(subgroup=None).order_by("starts_at").values_list("starts_at", flat=True)
    names = ("before the first session", "after the first", "after the second", "after the third")
    came = {}
    for name, moment in zip((*names, "after the last has begun"), (timezone.now(), *starts), strict=True):
        with time_machine.travel(moment, tick=False):
            each = [one.amount for one in group_returns.quote(group).seats]
            came[name] = (f"{each[0]:,}", f"{sum(each[:2]):,}")
    assert came == table("A company gives seats back", "[^|]+")


def test_every_number_of_what_partners_get_is_booked(cohort: Cohort, host: User, partner: User, stranger: User) -> None:
    group = cohort.subgroups.first()
    with_group_sessions(cohort)
    agree(host, cohort, partner, partner_share="0", per_member="10,000", per_session="40,000")
    paid_seat(stranger, cohort, group)
    live_until(cohort, 1)
    second = cohort.sessions.get(number=2, subgroup=None)
    with time_machine.travel(second.ends_at, tick=False):
        releases.release(second)
    assert booked({host.pk: "host", partner.pk: "partner"}) == told("What partners get")


def test_every_number_of_the_tax_is_booked(host: User, admin: User) -> None:
    bank = ledger.account(ledger.Kind.BANK, "KRW")
    with time_machine.travel("2027-02-10 00:00:00Z", tick=False):
        ledger.post("earned", {bank: 1_000_000, ledger.payable(host.pk, "KRW"): -1_000_000})
        payee_for(host, business=False)
        taxes.name_resident(host, "9001011234567")
        payouts.run()
        batch = batches.make(admin, "KRW")
        batches.approve(make_person("checker", "둘째"), batch)
        batches.confirm(admin, batches.export(admin, batch), {})
    with time_machine.travel("2027-03-09 00:00:00Z", tick=False):
        taxes.remit(Month(2027, 2))
    assert booked({host.pk: "host"})[1:] == told("Tax in Korea")
    section = PAGE.read_text().split("\n## Tax in Korea\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", section, re.MULTILINE)
    assert len(rows) == 4
    for gross, income, local, net in ([int(cell.replace(",", "")) for cell in row] for row in rows):
        assert taxes.of_person(gross) == taxes.Withheld(income, local)
        assert gross - income - local == net


def test_every_number_of_the_deposits_is_booked(host: User, cohort: Cohort, buyer: Client) -> None:
    account = deposits.switch_on(host, cohort)
    payment = deposits.order(buyer, cohort)
    desk = deposits.at_desk()
    lines = [deposits.line(f"x {payment.deposit_order.code}", amount) for amount in (100_000, 70_000)]
    deposits.upload(desk, account, deposits.file_of(*lines))
    for row in BankDeposit.objects.order_by("pk"):
        press(desk, "payments.bankdeposit", "match", row, sure="1")
    today = timezone.localdate().isoformat()
    press(desk, "payments.depositreturn", "sent", DepositReturn.objects.get(), apply="1", on=today, reference="T-1")
    buyer.post(reverse("leave", args=[cohort.study.slug, cohort.number]), {"seen": "150000"})
    queue.drain("payments.drain_refunds")
    press(desk, "payments.refund", "sent_by_hand", Refund.objects.get(), apply="1", on=today, reference="T-2")
    assert booked({}) == told("Deposits")


def test_every_number_of_a_dispute_is_booked(cohort: Cohort, host: User, partner: User, stranger: User) -> None:
    line: PaymentLine = paid_seat(stranger, cohort, cohort.subgroups.first())
    sales.book_fee(line.payment, Charge("ch_1", "visa 4242", 5_250, "KRW"))
    gone, back = Moved("txn_1", -150_000, 20_000, "KRW"), Moved("txn_2", 150_000, 0, "KRW")
    for number, told_of in enumerate([("needs_response", (gone,)), ("won", (gone, back)), ("won", (gone, back))], 1):
        releases.release(cohort.sessions.get(number=number, subgroup=None))
        status, moved = told_of
        now = timezone.now()
        claim = Claim("dp_1", "pi_1", 150_000, "KRW", "fraudulent", status, now, None, moved)
        disputes.record(line.payment, claim, now)
    assert booked({host.pk: "host", partner.pk: "partner"}) == told("When a bank takes money back")
    assert everything() == 0


def test_the_page_names_the_minimums_that_hold() -> None:
    text = PAGE.read_text()
    for currency, least in payouts.MINIMUM.items():
        assert money.show(least, currency, "en") in text


def table(heading: str, row: str) -> dict[str, tuple[str, ...]]:
    """The rows of a table of three columns under a heading, by their first."""
    section = PAGE.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = re.findall(rf"^\| ({row}) \| ([\d,]+) \| ([\d,]+) \|$", section, re.MULTILINE)
    return {name: tuple(numbers) for name, *numbers in found}


def test_what_a_seat_costs_with_credit() -> None:
    worked = {
        "50,000 of credit": (150_000, 50_000),
        "a coupon of 10 %, then 50,000 of credit": (135_000, 50_000),
        "149,500 of credit": (150_000, 149_500),
        "200,000 of credit": (150_000, 200_000),
    }
    asked = {}
    for name, (price, held) in worked.items():
        used = credit_uses.off(price, held, "KRW")
        asked[name] = (f"{price - used:,}", f"{held - used:,}")
    assert asked == table("What a seat costs", "[^|]*of credit")


def on_credit(person: User, cohort: Cohort) -> PaymentLine:
    """A seat at 150,000, of which 50,000 are taken off by credit."""
    give(person, cohort.study, 50_000)
    line = paid_seat(person, cohort)
    place = line.enrollment
    credit_uses.take_off(place)
    place.save()
    Payment.objects.filter(pk=line.payment_id).update(amount=place.price)
    PaymentLine.objects.filter(pk=line.pk).update(amount=place.price)
    return PaymentLine.objects.get(pk=line.pk)


def test_what_comes_back_of_money_and_of_credit(cohort: Cohort, host: User) -> None:
    """Every row of the table of what comes back is what happens."""
    came = {}
    for name, days in (
        ("before the first session", 0),
        ("after the first", 16),
        ("after the second", 23),
        ("after the third", 30),
    ):
        line = on_credit(make_person(f"leaves-{days}", "떠나는 이"), cohort)
        place = line.enrollment
        with time_machine.travel(timezone.now() + datetime.timedelta(days=days)):
            quote = leaving.quote(place)
            leaving.leave(place.person, place, seen=quote.amount, seen_credit=quote.credit)
            came[f"leaves {name}"] = back_of(line)
    line = on_credit(make_person("stays", "남는 이"), cohort)
    kindness.give(host, line.enrollment, 40_000, reason="미안해요.", key="abcdefghjk")
    came["is given 40,000 by the host, and stays"] = back_of(line)
    line = on_credit(make_person("loses", "잃는 이"), cohort)
    cohorts.call_off(host, cohort)
    flow.pay_back(cohort)
    came["loses the cohort, which is called off"] = back_of(line)
    assert came == table("Credit", "[^|]+")


def back_of(line: PaymentLine) -> tuple[str, str]:
    """What came back of a seat, in money and as credit."""
    line.refresh_from_db()
    return f"{line.refunded:,}", f"{unused(line.enrollment.person):,}"


def test_what_a_seat_costs() -> None:
    """Every row of the table of prices is what the code asks for."""
    worked = {
        "nothing special": (150_000, 6, {}),
        "early price of 120,000": (120_000, 6, {}),
        "early, with a coupon of 10 %": (120_000, 6, {"percent": 10}),
        "two of six sessions are over": (150_000, 4, {}),
        "two of six are over, with a coupon of 20,000 won": (150_000, 4, {"amount": 20_000}),
        "a coupon of 149,500 won": (150_000, 6, {"amount": 149_500}),
        "a coupon of 100 %": (150_000, 6, {"percent": 100}),
    }
    section = PAGE.read_text().split("\n## What a seat costs\n")[1].split("\n## ")[0]
    told = dict(re.findall(r"^\| ([^|]+?) \| ([\d,]+) \|$", section, re.MULTILINE))
    asked = {}
    for name, (price, left, coupon) in worked.items():
        amount = pricing.part_of(price, left, 6, "KRW")
        asked[name] = f"{coupons.less(Coupon(**coupon), amount, 'KRW') if coupon else amount:,}"
    assert asked == {name: cost for name, cost in told.items() if "scholarship" not in name}


@pytest.mark.parametrize(
    ("name", "early", "left", "code"),
    [
        ("a scholarship of 50 %", None, 6, ""),
        ("a scholarship of 50 %, beside an early price of 120,000", 120_000, 6, ""),
        ("a scholarship of 50 %, two of six are left", None, 2, ""),
        ("a scholarship of 50 %, with a coupon of 60 %", None, 6, "SIXTY"),
    ],
)
def test_what_a_seat_costs_with_a_scholarship(
    study: Study, host: User, stranger: User, name: str, early: int | None, left: int, code: str
) -> None:
    cohort = make_cohort(study, weeks=6)
    scholarships.offer(host, cohort, places=1, percent=50)
    scholarships.grant(host, scholarships.ask(stranger, cohort, "학생이에요."), percent=50)
    coupons.make(study, "SIXTY", percent=60, limit=1)
    if early:
        prices.set_for(cohort, 150_000, pricing.Early(amount=early, until=None, first=3))
    for session in cohort.sessions.order_by("starts_at")[: 6 - left]:
        Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() - datetime.timedelta(days=1))
    price = seats.hold(stranger, cohort, coupon=code).price
    assert f"| {name} | {price:,} |" in PAGE.read_text()
