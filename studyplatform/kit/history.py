"""Moves between states: checked against the table of moves, recorded in the same transaction."""

from typing import Any, Protocol

from django.db import connection, models
from django.utils import timezone

from studyplatform.kit.models import Change


class Stateful(Protocol):
    """A row with a `state` and the moves its noun allows, by state it is in."""

    MOVES: dict[str, set[str]]
    state: str


class IllegalMove(RuntimeError):
    """Code tried a move that the noun's table of moves does not hold."""


def move(row: Any, to: str, actor: Any = None, *, note: str = "", **fields: Any) -> None:
    """Move a locked row to another state, set the other fields given, and append who did it when.

    The caller holds the row's lock and has re-read its state under it. Raises IllegalMove.
    """
    came_from = row.state
    if to not in row.MOVES.get(came_from, ()):
        raise IllegalMove(f"{row._meta.label} {row.pk}: {came_from} -> {to}")
    if not connection.in_atomic_block:
        raise IllegalMove("a move needs a transaction")
    row.state = str(to)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *fields])
    record(row, came_from, to, actor, note=note)


def record(row: models.Model, came_from: str, to: str, actor: Any = None, *, note: str = "") -> None:
    """Append a change of `row` without moving it: for a row's birth, or facts that are not its state."""
    Change.objects.create(
        subject_type=row._meta.label_lower,
        subject_id=str(row.pk),
        actor=actor if getattr(actor, "is_authenticated", False) else None,
        from_state=came_from,
        to_state=to,
        at=timezone.now(),
        note=note[:300],
    )
