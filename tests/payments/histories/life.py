"""A life: it happens in a savepoint of its own, comes to rest, is held against the laws, and is then undone."""

import contextlib
import datetime
import sys
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from cohorts.models import Enrollment
from payments import gateway
from payments.flows import checkout
from payments.models import Payment, Reconciliation
from payments.services import reconciliations
from payments.tasks import find_disputes, reconcile
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
from tests.payments.buying import deliver, hurry, run_out
from tests.payments.histories import laws
from tests.payments.histories.crashes import Crash, crashing
from tests.payments.histories.world import NAMES, World

WHO = st.integers(0, len(NAMES) - 1)
WHICH = st.integers(0, 11)  # of those there are, counted around: what is drawn never hangs on what happened
DIES_AT = st.none() | st.integers(1, 70)
QUEUES = (
    "payments.drain_events", "payments.drain_payments", "payments.drain_disputes", "payments.drain_refunds",
    "payments.drain_payouts", "payments.drain_deposits", "payments.drain_releases", "payments.drain_called_off",
    "cohorts.drain_cohort_news", "cohorts.drain_holds", "cohorts.drain_offers", "cohorts.drain_lines",
)  # fmt: skip
LONGEST_REST = 16  # rounds of telling and draining


class Life(RuleBasedStateMachine):
    """What every history has; what may happen in one is in the classes beside this one."""

    world: World
    told: list[str]  # what happened in this history, step by step
    broken: list[tuple[BaseException, str]]  # what broke a law, and the history in which it did; the first one first

    def __init__(self) -> None:
        super().__init__()
        self.block: Any = transaction.atomic()
        self.block._from_testcase = True  # calls to the outside may be made in it, as in any test's transaction
        self.block.__enter__()
        self.stripe, self.api, self.cohorts = self.world.stripe, self.world.stripe.api, self.world.cohorts
        self.heard: set[str] = set()
        self.lost: set[str] = set()  # events that never arrive
        self.ended: set[int] = set()  # seats somebody wanted to end, so that money may stay without one
        self.promised: list[tuple[int, int]] = []  # a seat, and how much was to come back of it
        self.steps = 0
        self.told.clear()

    def remember(self) -> None:
        """Note what Stripe had before, which stays from one history to the next."""
        self.stripe.settle()  # what an earlier history left to happen
        self.before = self.world.held()
        self.last = {account: self._newest(account) for account in ("", self.world.account)}
        moved = self.api.v1.balance_transactions.list(params={"limit": 100}).data
        self.moved_before = {one.id for one in moved}
        began = timezone.now().replace(microsecond=0)  # Stripe counts seconds
        self._a_night_before(began + reconciliations.OVERLAP)

    @staticmethod
    def _a_night_before(until: datetime.datetime) -> None:
        day, now = until.date() - datetime.timedelta(days=400), timezone.now()
        Reconciliation.objects.create(night=day, until=until, step="", due_at=now, done_at=now)

    @contextlib.contextmanager
    def living(self, at: int | None) -> Iterator[None]:
        """Let one verb run, perhaps to die; what it refuses is an answer."""
        self.steps += 1
        with contextlib.suppress(Crash, Refused, gateway.Trouble), crashing(at):
            yield

    def teardown(self) -> None:
        """Let everything come to rest, look at the laws, and undo it all."""
        try:
            if hasattr(self, "last") and not sys.exc_info()[1]:
                self._come_to_rest()
                laws.hold(self)
        finally:
            why = sys.exc_info()[1]
            if isinstance(why, Exception):
                self.broken.append((why, "\n".join(self.told)))
            self.stripe.clear()
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def _come_to_rest(self) -> None:
        self.stripe.clear()
        self.desks_done()
        self.all_decided()
        self._settle_down()
        before = laws.standing()
        find_disputes()
        self.a_night()
        if laws.standing() != before:  # it found what no event told of
            self._settle_down()

    def _settle_down(self) -> None:
        before = laws.standing()
        for _ in range(LONGEST_REST):
            news = self._a_round()
            now = laws.standing()
            if now == before and not news:
                return
            before = now

    def _a_round(self) -> list[dict[str, Any]]:
        """Let time pass, Stripe tell what it has not told yet, each queue do its work."""
        self.stripe.settle()
        for payment in self.open_payments():
            run_out(payment)
        Enrollment.objects.filter(cohort__in=self.cohorts, state="held").update(hold_until=timezone.now())
        news = [event for event in self.events() if event["id"] not in self.heard]
        for event in news:
            self.deliver(event)
        hurry()
        for name in QUEUES:
            queue.drain(name)
        return news

    def all_decided(self) -> None:
        """What banks have not decided yet, they decide now; see `disputes`."""

    def desks_done(self) -> None:
        """What reached the bank is read and matched, by whoever sits at the desk; see `deposits`."""

    @staticmethod
    def a_night() -> None:
        """Compare everything with what Stripe says moved; a night that was killed goes on first."""
        Life.go_on_comparing()
        nights = Reconciliation.objects.count()
        tonight = Reconciliation.objects.filter(night=timezone.now().date(), done_at__isnull=False)
        tonight.update(night=timezone.now().date() - datetime.timedelta(days=nights))
        reconcile()
        Life.go_on_comparing()

    @staticmethod
    def go_on_comparing() -> None:
        Reconciliation.queue.waiting().update(due_at=timezone.now())
        queue.drain("payments.drain_reconciliations")

    def payments(self) -> Any:
        return Payment.objects.filter(lines__enrollment__cohort__in=self.cohorts).distinct().order_by("pk")

    def open_payments(self) -> Any:
        return self.payments().exclude(state__in=checkout.OVER)

    def places(self) -> Any:
        return Enrollment.objects.filter(cohort__in=self.cohorts, state__in=Enrollment.BELONGS).order_by("pk")

    @staticmethod
    def one_of(which: int, rows: Any) -> Any:
        found = list(rows)
        return found[which % len(found)] if found else None

    def _newest(self, account: str) -> str:
        found = self.api.v1.events.list(params={"limit": 1}, options=self._as(account)).data
        return found[0].id if found else ""

    def events(self) -> list[dict[str, Any]]:
        """Return what Stripe has told since this history began and did not get lost, oldest first."""
        told = [event for account, last in self.last.items() for event in self._since(account, last)]
        return [event for event in told if event["id"] not in self.lost]

    def _since(self, account: str, last: str) -> list[dict[str, Any]]:
        params: Any = {"limit": 100, **({"ending_before": last} if last else {})}
        found = self.api.v1.events.list(params=params, options=self._as(account)).data
        return [event.to_dict() for event in reversed(found)]

    @staticmethod
    def _as(account: str) -> Any:
        return {"stripe_account": account} if account else {}

    def deliver(self, event: dict[str, Any]) -> None:
        self.heard.add(event["id"])
        assert deliver(event) == 200
