"""How long a night's comparing takes with 100,000 movements at Stripe, and whether its memory grows with them.

The local Stripe is asked page by page over HTTP, as the real one is; the comparing runs in a process of its own, whose
peak memory is what the system says.
"""

import datetime
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.result import Result
from cohorts.models import Enrollment
from payments.models import (
    Difference,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    PaymentLine,
    Reconciliation,
    Refund,
    StripeMovement,
)
from payments.services import ledger, reconciliations
from studyplatform.demo.stripe.storage import Store
from tests.payments.buying import AT_ONCE, LocalStripe
from tests.people import enroll, make_cohort, make_person, make_study

FEW, MANY = 10_000, 100_000
REFUNDED = 10  # every so manieth movement is a refund of the payment before it
PRICE, FEE = 150_000, 5_250
DAY = datetime.timedelta(hours=22)
WORK = """
import django, json, resource, sys, time
django.setup()
from payments import tasks
from payments.models import Reconciliation
from studyplatform.kit import queue
start = time.perf_counter()
while Reconciliation.objects.filter(done_at=None).exists():
    queue.drain("payments.drain_reconciliations")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([time.perf_counter() - start, peak]))
"""


def measure() -> list[Result]:
    """Compare 10,000 and 100,000 movements; every one of them matches, and one does not."""
    seat = enroll(make_person("bench-payer", "벤치"), make_cohort(make_study(make_person("bench-r", "벤치"), slug="r")))
    (seconds_few, peak_few), (seconds, peak) = (_a_night(seat, count) for count in (FEW, MANY))
    how = f"{MANY:,} movements copied over HTTP and compared both ways"
    return [
        Result("reconcile.seconds_100k", seconds, "s", how),
        Result("reconcile.time_flatness", seconds / seconds_few * FEW / MANY, "x", f"time each, against {FEW:,}"),
        Result("reconcile.memory_flatness", peak / peak_few, "x", f"peak memory, against {FEW:,}"),
        Result("reconcile.peak_memory", peak / 1024, "MiB", "of the process, Django and Stripe's library included"),
    ]


def _a_night(seat: Enrollment, count: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        stripe = LocalStripe(Path(folder))
        try:
            _fill(stripe, Path(folder), seat, count)
            reconciliations.begin()
            took, peak = _compared(stripe)
        finally:
            stripe.close()
    if StripeMovement.objects.count() != count or list(Difference.objects.values_list("kind", flat=True)) != [
        "unknown"
    ]:
        raise SystemExit("the night did not find what is there")
    _empty()
    return took, peak


def _compared(stripe: LocalStripe) -> tuple[float, float]:
    at = connection.settings_dict
    database = f"postgres://{at['USER']}:{at['PASSWORD'] or 'x'}@/{at['HOST']}/{at['NAME']}"
    environment = {**os.environ, "DATABASE_URL": database, "STRIPE_API_BASE": stripe.address}
    environment["DJANGO_SETTINGS_MODULE"] = "studyplatform.settings"
    ran = subprocess.run([sys.executable, "-c", WORK], env=environment, capture_output=True, check=True)  # noqa: S603
    took, peak = json.loads(ran.stdout)
    return took, peak


def _fill(stripe: LocalStripe, folder: Path, seat: Enrollment, count: int) -> None:
    """Put so many movements there and here alike: payments with fees, refunds, and one monthly fee we do not know."""
    patterns = _patterns(stripe, folder)
    begins = timezone.now() - datetime.timedelta(hours=26)
    names = [f"b{number:09}" for number in range(count - 1)]
    stripe.ask("POST", "clock", advance=-7200)
    stripe.ask("POST", "move", kind="stripe_fee", amount=-1_000, currency="KRW")
    _fill_there(folder, patterns, names, begins)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # what is put in is right; the guards are not measured
        for first in range(0, len(names), 5_000):
            _fill_here(seat, names[first : first + 5_000], begins)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")


def _patterns(stripe: LocalStripe, folder: Path) -> dict[str, Any]:
    """Have one payment made and given back for real; return what the local Stripe keeps of it, and forget it."""
    intent = stripe.take(PRICE, "krw", AT_ONCE)
    stripe.api.v1.refunds.create(params={"payment_intent": intent, "amount": PRICE})
    store = Store(folder)
    moved = {body["type"]: body for body in store.select("balance_transaction")}
    kept = {kind: (body, store.any(body["source"])) for kind, body in moved.items()}
    store.run("DELETE FROM objects WHERE kind = 'balance_transaction'")
    return kept


def _is_refund(name: str) -> bool:
    return int(name[1:]) % REFUNDED == REFUNDED - 1


def _before(name: str) -> str:
    return f"b{int(name[1:]) - 1:09}"


def _at(name: str, begins: datetime.datetime) -> datetime.datetime:
    """Spread over a day, a little more than one a second."""
    return begins + DAY * (int(name[1:]) / MANY)


def _fill_there(folder: Path, patterns: dict[str, Any], names: list[str], begins: datetime.datetime) -> None:
    with sqlite3.connect(folder / "stripe.sqlite3", timeout=60) as there:
        there.executemany(
            "INSERT INTO objects (id, kind, created, body) VALUES (?, ?, ?, ?)",
            (row for name in names for row in _there(patterns, name, int(_at(name, begins).timestamp()))),
        )


def _there(patterns: dict[str, Any], name: str, at: int) -> Iterator[tuple[str, str, int, str]]:
    kind, start, of = ("refund", "re", _before(name)) if _is_refund(name) else ("charge", "ch", name)
    moved, thing = patterns[kind]
    thing = {**thing, "id": f"{start}_{name}", "created": at, "payment_intent": f"pi_{of}"}
    thing["metadata"] = {"payment": of} if kind == "charge" else {}
    moved = {**moved, "id": f"txn_{name}", "created": at, "source": thing["id"]}
    for body in (thing, moved):
        yield body["id"], body["object"], at, json.dumps(body)


def _fill_here(seat: Enrollment, names: list[str], begins: datetime.datetime) -> None:
    sold = [name for name in names if not _is_refund(name)]
    payments = Payment.objects.bulk_create(_payment(seat, name, _at(name, begins)) for name in sold)
    lines = PaymentLine.objects.bulk_create(PaymentLine(payment=one, enrollment=seat, amount=PRICE) for one in payments)
    by_name = dict(zip(sold, lines, strict=True))
    refunds = Refund.objects.bulk_create(
        Refund(line=by_name[_before(name)], amount=PRICE, cause=name, state="succeeded", reference=f"re_{name}")
        for name in names
        if _is_refund(name)
    )
    booked = [
        row
        for name, line in by_name.items()
        for row in ((f"sale:{line.pk}", line, PRICE, name), (f"fee:{line.pk}", line, -FEE, name))
    ]
    booked += [(f"refund:{refund.pk}", refund.line, -PRICE, refund.cause) for refund in refunds]
    _book(seat, booked, begins)


def _payment(seat: Enrollment, name: str, at: datetime.datetime) -> Payment:
    return Payment(
        public_id=name, buyer=seat.person, provider="stripe", reference=f"cs_{name}", intent=f"pi_{name}",
        charge=f"ch_{name}", amount=PRICE, currency="KRW", state="paid", paid_at=at, done_at=at,
    )  # fmt: skip


def _book(seat: Enrollment, booked: list[tuple[str, PaymentLine, int, str]], begins: datetime.datetime) -> None:
    stripe, escrow = ledger.account("stripe", "KRW"), ledger.account("escrow", "KRW", cohort=seat.cohort)
    rows = LedgerTransaction.objects.bulk_create(
        LedgerTransaction(cause=cause, line=line, at=_at(name, begins)) for cause, line, _amount, name in booked
    )
    pairs = [(row, amount) for row, (_cause, _line, amount, _name) in zip(rows, booked, strict=True)]
    for account, sign in ((stripe, 1), (escrow, -1)):
        LedgerEntry.objects.bulk_create(
            LedgerEntry(transaction=row, account=account, amount=sign * amount) for row, amount in pairs
        )


def _empty() -> None:
    tables = (Difference, Reconciliation, StripeMovement, LedgerTransaction, Payment)
    names = ", ".join(model._meta.db_table for model in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} CASCADE")
