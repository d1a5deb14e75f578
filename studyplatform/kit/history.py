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
    _refuse_illegal(row, to)
    row.state = str(to)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *fields])
    record(row, came_from, to, actor, note=note)


def move_all(rows: list[Any], to: str, actor: Any = None, **fields: Any) -> None:
    """Move many locked rows of one noun alike, in two statements. Raises IllegalMove before anything is written."""
    for row in rows:
        _refuse_illegal(row, to)
    changes = [_change(row, row.state, to, actor) for row in rows]
    for row in rows:
        row.state = str(to)
        for name, value in fields.items():
            setattr(row, name, value)
    if rows:
        type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).update(state=to, **fields)
    Change.objects.bulk_create(changes)


def _refuse_illegal(row: Any, to: str) -> None:
    if to not in row.MOVES.get(row.state, ()):
        raise IllegalMove(f"{row._meta.label} {row.pk}: {row.state} -> {to}")
    if not connection.in_atomic_block:
        raise IllegalMove("a move needs a transaction")


def record(row: models.Model, came_from: str, to: str, actor: Any = None, *, note: str = "") -> None:
    """Append a change of `row` without moving it: for a row's birth, or facts that are not its state."""
    _change(row, came_from, to, actor, note).save()


def record_births(rows: list[Any], actor: Any = None) -> None:
    """Append the birth of many rows, in one statement."""
    Change.objects.bulk_create(_change(row, "", row.state, actor) for row in rows)


def noted_at_birth(row: models.Model) -> str:
    """Return the note a row came to be with, or ""."""
    first = Change.objects.filter(subject_type=row._meta.label_lower, subject_id=str(row.pk), from_state="")
    return first.values_list("note", flat=True).order_by("at").first() or ""


def _change(row: models.Model, came_from: str, to: str, actor: Any, note: str = "") -> Change:
    return Change(
        subject_type=row._meta.label_lower,
        subject_id=str(row.pk),
        actor=actor if getattr(actor, "is_authenticated", False) else None,
        from_state=came_from,
        to_state=to,
        at=timezone.now(),
        note=note[:300],
    )
