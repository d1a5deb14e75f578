"""A night's reconciliation: copy what Stripe moved, compare both ways, cure what is safe, look again.

Done in slices: how far it came is on its row, so a slice that is killed costs one batch.
"""

import time

from django.utils import timezone

from payments import statement
from payments.flows import cures
from payments.models import Reconciliation
from payments.services import reconciliations, sources
from payments.truth import Movement
from studyplatform.kit import queue

SLICE = 20  # seconds, well within a claim's lease
KEPT = 500  # movements copied at once: five of Stripe's pages


def drain(run: Reconciliation) -> None:
    """Work on one claimed reconciliation for a while; it is due again at once until it is finished."""
    ends = time.monotonic() + SLICE
    while run.step and time.monotonic() < ends:
        if not STEPS[run.step](run):
            return
    if run.step:
        queue.again_at(run, timezone.now())
        queue.wake("payments.drain_reconciliations")
    else:
        queue.done(run)


def _fetch(run: Reconciliation) -> bool:
    moved: list[Movement] = []
    cursor, more = run.cursor, True
    while more and len(moved) < KEPT:
        page, more = _page(run, cursor)
        moved += page
        cursor = page[-1].id if page else ""
    return reconciliations.advance(run, cursor if more else "", copied=moved)


def _page(run: Reconciliation, cursor: str) -> tuple[list[Movement], bool]:
    """A page as short as Stripe sends it; when something on it is not known here, the same page once more, whole."""
    page, more = statement.movements(run.since, run.until, cursor)
    named = sources.named(page)
    return (named, more) if named is not None else statement.movements(run.since, run.until, cursor, whole=True)


def _cure(run: Reconciliation) -> bool:
    few = reconciliations.curable(run)
    for difference in few:
        cures.alone(difference)
    return reconciliations.advance(run, str(few[-1].pk) if few else "")


def _again(run: Reconciliation) -> bool:
    few = reconciliations.unseen(run)
    for difference in few:
        reconciliations.look_again(difference)
    return reconciliations.advance(run, str(few[-1].pk) if few else "")


STEPS = {
    "fetch": _fetch,
    "theirs": reconciliations.compare,
    "ours": reconciliations.compare,
    "bank": reconciliations.name_lines,
    "audit": reconciliations.audit,
    "cure": _cure,
    "again": _again,
}
