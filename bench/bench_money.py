"""Whether a payout and a refund cost the same each, however many there are."""

import time

from bench import crowd
from bench.result import Result
from cohorts.models import Cohort
from payments.flows import refunds
from payments.models import Payee, Payout, Refund
from payments.services import ledger, payouts
from payments.services.ledger import Kind, Posting
from tests.people import make_cohort, make_person, make_study

FEW, MANY = 100, 10_000
OWED = 50_000


def measure() -> list[Result]:
    """Pay few and many out, pay few and many back; report what one of many takes, over one of few."""
    how = f"time each of {MANY:,}, over each of {FEW}"
    few_out, many_out = _pay_out(FEW), _pay_out(MANY)
    few_back, many_back = _pay_back(FEW), _pay_back(MANY)
    return [
        Result("payouts.flatness", many_out / few_out, "x", how),
        Result("refunds.flatness", many_back / few_back, "x", how),
    ]


def _pay_out(count: int) -> float:
    """Return seconds for each payout of a run."""
    people = crowd.people(count)
    Payee.objects.bulk_create(
        Payee(
            person=person, country="US", currency="USD", rail="stripe", standing="enabled", enabled=True,
            stripe_account=f"acct_{person.pk}",
        )
        for person in people
    )  # fmt: skip
    accounts = ledger.payables([person.pk for person in people], "USD")
    stripe = ledger.account(Kind.STRIPE, "USD")
    ledger.post_all([Posting(f"bench:{pk}", {stripe: OWED, account: -OWED}) for pk, account in accounts.items()])
    start = time.perf_counter()
    if payouts.run() != count:
        raise SystemExit("a payout was not written")
    took = time.perf_counter() - start
    Payee.objects.update(enabled=False)
    Payout.objects.update(done_at=None)
    return took / count


def _pay_back(count: int) -> float:
    """Return seconds for each member of a cohort that was called off."""
    study = make_study(make_person(f"bench-back-{count}", "벤치"), slug=f"bench-back-{count}")
    cohort = make_cohort(study, capacity=count)
    crowd.paid_seats(cohort, count)
    Cohort.objects.filter(pk=cohort.pk).update(state=Cohort.State.CALLED_OFF)
    start = time.perf_counter()
    refunds.pay_back(cohort)
    took = time.perf_counter() - start
    if Refund.objects.filter(line__enrollment__cohort=cohort).count() != count:
        raise SystemExit("a refund was not written")
    return took / count
