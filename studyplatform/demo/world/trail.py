"""The history of many rows at once, as `kit.history` appends it one by one."""

from typing import Any

from cohorts.models import Presentation
from payments.models import Payment
from showcase.models import CaseStudy
from studyplatform.accounts.models import User
from studyplatform.kit.models import Change

Move = tuple[str, str, bool]  # from, to, and whether the person made it or a queue


def note(rows: list[Any], moves: list[Move]) -> None:
    """Append the moves of many rows to their history, each by the person it is about."""
    Change.objects.bulk_create(
        Change(
            subject_type=row._meta.label_lower,
            subject_id=str(row.pk),
            actor=_person(row) if by_them else None,
            from_state=came_from,
            to_state=to,
        )
        for row in rows
        for came_from, to, by_them in moves
    )


def _person(row: Any) -> User:
    person: User = row.enrollment.person if isinstance(row, Presentation) else _named(row)
    return person


def _named(row: Any) -> Any:
    if isinstance(row, Payment):
        return row.buyer
    return row.author if isinstance(row, CaseStudy) else row.person
