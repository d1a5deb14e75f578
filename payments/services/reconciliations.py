"""Reconciliations: begun once a night, carried on batch by batch; a batch and how far it came are one transaction."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from payments.kinds import KINDS
from payments.models import Difference, LedgerTransaction, Reconciliation, StripeMovement
from payments.services import audits, bank_audits, bank_movements, comparing, differences
from payments.services.differences import Found
from payments.truth import Movement
from studyplatform.kit import queue

SETTLING = datetime.timedelta(hours=1)  # what is younger may still be told of, or asked for
OVERLAP = datetime.timedelta(days=1)  # looked at again, in case something came late
SIZE = 1000  # rows compared at once: memory does not grow with what there is
FEW = 20  # differences cured or looked at again at once
STEPS = ("fetch", "theirs", "ours", "bank", "audit", "cure", "again")
MOVEMENT = ("id", "kind", "at", "currency", "amount", "fee", "source", "intent", "ours")
COPY = """
INSERT INTO payments_stripemovement (reference, kind, at, currency, amount, fee, source, intent, ours)
SELECT * FROM unnest(%s, %s, %s::timestamptz[], %s, %s::bigint[], %s::bigint[], %s, %s, %s)
ON CONFLICT DO NOTHING
"""
CHECKS = {**audits.CHECKS, **bank_audits.CHECKS}


@transaction.atomic
def begin() -> Reconciliation:
    """Write down that tonight's is to be done, once; what none has compared yet, and the day before it."""
    last = Reconciliation.objects.filter(done_at__isnull=False).aggregate(until=Max("until"))["until"]
    since, until = last - OVERLAP if last else None, timezone.now() - SETTLING
    standing = Reconciliation.objects.filter(done_at=None).first()
    row: Reconciliation = (
        standing
        or Reconciliation.objects.get_or_create(night=timezone.now().date(), defaults={"since": since, "until": until})[
            0
        ]
    )
    queue.wake("payments.drain_reconciliations")
    return row


@transaction.atomic
def advance(run: Reconciliation, cursor: str, found: Iterable[Found] = (), *, copied: Iterable[Movement] = ()) -> bool:
    """Keep what a batch brought together with how far it came; False when another worker has the run now.

    An empty cursor ends the step.
    """
    row = queue.relock(run)
    if row is None:
        return False
    _copy(list(copied))
    differences.record(found)
    run.cursor = cursor
    run.step = run.step if cursor else _after(run.step)
    run.save(update_fields=["step", "cursor"])
    return True


def _after(step: str) -> str:
    following = STEPS.index(step) + 1
    return STEPS[following] if following < len(STEPS) else ""


def _copy(movements: Sequence[Movement]) -> None:
    """Keep movements that are not kept yet; in one statement, as a model of each would cost more than asking for it."""
    if movements:
        with connection.cursor() as cursor:
            cursor.execute(COPY, [[getattr(one, name) for one in movements] for name in MOVEMENT])


def compare(run: Reconciliation) -> bool:
    """Compare the next batch from Stripe's side or from ours; False when another worker has the run now."""
    theirs = run.step == "theirs"
    if theirs and not run.cursor:
        _let_the_copy_be_seen()
    batch = _next(run, StripeMovement.objects.all() if theirs else comparing.booked(LedgerTransaction.objects.all()))
    found = list(comparing.theirs(batch) if theirs else comparing.ours(batch))
    return advance(run, _cursor(batch) if len(batch) == SIZE else "", found)


def _let_the_copy_be_seen() -> None:
    """Have PostgreSQL count what was copied; one that thinks it is little reads all that is left for each batch."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE payments_stripemovement")


def _next(run: Reconciliation, rows: QuerySet[Any]) -> list[Any]:
    """Return the next rows of the run's time, oldest first."""
    rows = rows.filter(at__lt=run.until, **({"at__gte": run.since} if run.since else {}))
    if run.cursor:
        at, pk = run.cursor.split("|")
        rows = rows.filter(at__gte=at).filter(Q(at__gt=at) | Q(pk__gt=int(pk)))
    return list(rows.order_by("at", "pk")[:SIZE])


def _cursor(batch: Sequence[Any]) -> str:
    return f"{batch[-1].at.isoformat()}|{batch[-1].pk}"


def name_lines(run: Reconciliation) -> bool:
    """Note what the next lines of banks' files were booked as; False when another worker has the run now."""
    unnamed = bank_movements.unnamed().filter(pk__gt=int(run.cursor or 0))
    batch = list(unnamed.select_related("account")[:SIZE])
    bank_movements.name(batch)
    return advance(run, str(batch[-1].pk) if len(batch) == SIZE else "")


def audit(run: Reconciliation) -> bool:
    """Hold the books against what made them, one check at a time; False when another worker has the run now."""
    names = list(CHECKS)
    at = names.index(run.cursor) if run.cursor else 0
    following = names[at + 1] if at + 1 < len(names) else ""
    return advance(run, following, list(CHECKS[names[at]]()))


def curable(run: Reconciliation) -> list[Difference]:
    """Return the next few open differences whose cure needs nobody, after the run's cursor."""
    alone = [name for name, one in KINDS.items() if one.alone]
    return _few(run, differences.standing().filter(kind__in=alone))


def unseen(run: Reconciliation) -> list[Difference]:
    """Return the next few open differences this run has not met: they may be gone."""
    return _few(run, differences.standing().filter(last_seen__lt=run.started_at))


def _few(run: Reconciliation, rows: QuerySet[Difference]) -> list[Difference]:
    return list(
        rows.filter(pk__gt=int(run.cursor or 0))
        .select_related("movement", "booked", "line__account")
        .order_by("pk")[:FEW]
    )


def look_again(difference: Difference) -> bool:
    """Compare once more what a difference is about, write down what is found, close it if it is gone; True if it is."""
    if difference.line:
        bank_movements.name([difference.line])
    found = list(_about(difference))
    differences.record(found)
    gone = difference.cause not in {one.cause for one in found}
    if gone:
        differences.close(difference)
    return gone


def _about(difference: Difference) -> Iterator[Found]:
    if difference.kind in CHECKS:
        yield from CHECKS[difference.kind]()
    elif difference.movement:
        yield from comparing.theirs([difference.movement])
    elif difference.booked:
        yield from comparing.ours(comparing.booked(LedgerTransaction.objects.filter(pk=difference.booked.pk)))
