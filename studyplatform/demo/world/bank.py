"""Money that comes by bank: deposits that wait, fall short or fit, lines nobody knows, a seat paid for elsewhere."""

import datetime

from payments.bank_files import Line, Read
from payments.flows import checkout
from payments.models import BankDeposit, DepositAccount, Payment
from payments.seat_lists import Person
from payments.services import (
    agreements,
    bank_audits,
    deposit_orders,
    deposit_plans,
    deposits,
    differences,
    outside,
)
from studyplatform.demo.world import data
from studyplatform.demo.world.world import World

KEY = "work-3"
ACCOUNT: data.Data = {"bank": "국민은행", "holder": "두루", "account": "12345678901234"}
PLAN: data.Data = {"on": True, "share": 5_000, "hours": 48}
FITS, SHORT, WAITS = "hyunjung", "gyeongrim", "changho"
CODE = "NEIGHBOR10"  # what the first one has of their subgroup's partner
PAID_SHORT, UNKNOWN, FEE = 100_000, 90_000, -1_100
ELSEWHERE = Person(1, "seonmi@example.com", "성선미", 120_000, "", "가족센터-1")
HOUR, MINUTE = datetime.timedelta(hours=1), datetime.timedelta(minutes=1)


def plan(world: World) -> None:
    """Write down who is told to pay into the account, what the bank's files say, and who paid elsewhere."""
    diary = world.diary
    diary.write(diary.at(-11, 11), _take_deposits, world)
    diary.write(diary.at(-5, 15), _bring_in, world)
    diary.write(diary.at(-3, 20), _order, world, FITS, CODE)
    diary.write(diary.at(-2, 9), _read, world, FITS)
    diary.write(diary.today - 21 * HOUR, _order, world, SHORT, "")
    diary.write(diary.today - 9 * HOUR, _order, world, WAITS, "")
    diary.write(diary.today - 2 * HOUR, _read, world, SHORT)


def _take_deposits(world: World) -> None:
    """The host names the account, the platform's people confirm that it is theirs."""
    deposit_plans.save(world.people["host"], world.cohorts[KEY], **PLAN, **ACCOUNT)
    deposit_plans.confirm(world.people["admin"], DepositAccount.objects.get())


def _order(world: World, name: str, code: str) -> None:
    """Join by deposit and say where money would go back to."""
    person, holder = world.people[name], data.people()[name]["pen_name"]
    agreements.agree(person, recording=True)
    payment = checkout.begin(person, world.cohorts[KEY], provider=Payment.Provider.BANK, coupon=code)
    back = {"bank": "농협", "holder": holder, "account": f"3520000000{len(name):02}"}
    deposit_orders.name(payment, depositor=holder, **back)


def _read(world: World, name: str) -> None:
    """Somebody at the desk reads the bank's file: who pays just what was asked is known by their code."""
    admin, order = world.people["admin"], Payment.objects.get(buyer=world.people[name], provider="bank").deposit_order
    at = world.diary.clock.moment - 40 * MINUTE
    amount = PAID_SHORT if name == SHORT else order.payment.amount
    lines = [Line(f"{name}-1", at, amount, f"{order.depositor} {order.code}")]
    if name == SHORT:
        lines += [Line("0402", at + MINUTE, UNKNOWN, "김민서"), Line("0403", at + 2 * MINUTE, FEE, "이체수수료")]
    for deposit in deposits.take_in(admin, order.account, Read(lines, [], tells_out=True)):
        if not deposits.match(deposit) and deposit.amount == PAID_SHORT:
            deposits.attach(admin, BankDeposit.objects.get(pk=deposit.pk))
    differences.record(bank_audits.CHECKS["out_unknown"]())


def _bring_in(world: World) -> None:
    outside.bring_in(world.people["host"], world.cohorts[KEY], [ELSEWHERE])
