"""Deposits: people ask for one, money comes as asked, less, more, late or nameless, files are read again, desks act."""

import contextlib
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from payments import bank_files
from payments.flows import checkout
from payments.models import BankDeposit, DepositOrder, DepositReturn
from payments.services import deposit_orders, deposits
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
from tests.payments.deposits import HEAD, MINE, line
from tests.payments.histories.life import DIES_AT, WHICH, WHO, Life
from tests.payments.histories.world import WON

MORE = st.sampled_from([0, 0, 0, -1, 1, -5_000, 3_000])  # than is asked for, in won


class Deposits(Life):
    """What reaches our bank, and what is done about it."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[int] = []  # what reached the bank, won by won
        self.statement: list[str] = []  # the bank's file so far, line by line

    @rule(who=WHO, named=st.booleans(), more=st.none() | MORE, dies_at=DIES_AT)
    def ask_for_a_deposit(self, who: int, named: bool, more: int | None, dies_at: int | None) -> None:
        """Choose to pay by deposit, say where money would go back to, or not yet, and perhaps transfer at once."""
        person = self.world.people[who]
        with self.living(dies_at):
            payment = checkout.begin(person, self.cohorts[WON], provider="bank")
            if named:
                deposit_orders.name(payment, **MINE)
        order = self._told().filter(payment__buyer=person).last()
        if order and more is not None:
            self._transfer(order, more)

    @rule(which=WHICH, more=MORE, known=st.sampled_from([True, True, False]))
    def money_comes(self, which: int, more: int, known: bool) -> None:
        """Somebody transfers what is missing, less or more; in time or long after, with their code or without."""
        order = self.one_of(which, self._told())
        if order:
            self._transfer(order, more, known)

    @staticmethod
    def _told() -> Any:
        """Orders whose buyers were told account and code."""
        return DepositOrder.objects.exclude(deadline=None).order_by("pk")

    def _transfer(self, order: DepositOrder, more: int, known: bool = True) -> None:
        missing = deposits.missing(order.payment)
        self.came.append(max(1, (missing if missing > 0 else order.payment.amount) + more))
        words = f"{order.depositor} {order.code if known else ''}"
        self.statement.append(line(words, self.came[-1], str(next(self.world.keys))))

    @rule(times=st.integers(1, 2), dies_at=DIES_AT)
    def the_file_is_read(self, times: int, dies_at: int | None) -> None:
        """The desk reads all the bank has written so far, perhaps twice."""
        for _ in range(times):
            with self.living(dies_at):
                self.read_file()

    def read_file(self) -> None:
        """Read the bank's file; deposits that are known are in it again."""
        content = "\r\n".join([HEAD, *self.statement]).encode()
        deposits.take_in(self.world.host, self.world.bank, bank_files.read(content))

    def desks_done(self) -> None:
        """The file is read, what fits finds its payment, the desk matches by the code what does not."""
        self.read_file()
        queue.drain(deposits.QUEUE)
        for deposit in deposits.unmatched().order_by("pk"):
            with contextlib.suppress(Refused):
                deposits.attach(self.world.host, deposit)

    @rule(which=WHICH, to=st.none() | WHICH, dies_at=DIES_AT)
    def matched_by_hand(self, which: int, to: int | None, dies_at: int | None) -> None:
        """The desk matches by the code in the bank's words, or by whichever somebody names."""
        deposit = self.one_of(which, BankDeposit.objects.order_by("pk"))
        order = self.one_of(to, DepositOrder.objects.order_by("pk")) if to is not None else None
        if deposit:
            with self.living(dies_at):
                deposits.attach(self.world.host, deposit, code=order.code if order else "")

    @rule(which=WHICH, dies_at=DIES_AT)
    def deposit_given_back(self, which: int, dies_at: int | None) -> None:
        deposit = self.one_of(which, BankDeposit.objects.order_by("pk"))
        if deposit:
            with self.living(dies_at):
                deposits.give_back(self.world.host, deposit, note="asked for")

    @rule(which=WHICH, shown=st.booleans(), dies_at=DIES_AT)
    def deposit_sent_back(self, which: int, shown: bool, dies_at: int | None) -> None:
        """The desk sends back what is owed of a deposit; the bank's next file may show it."""
        back = self.one_of(which, DepositReturn.objects.order_by("pk"))
        if back:
            number = str(next(self.world.keys))
            with self.living(dies_at):
                deposits.sent_back(self.world.host, back, on=timezone.localdate(), reference=number)
                if shown:
                    self.statement.append(line("반환", -back.amount, number))
