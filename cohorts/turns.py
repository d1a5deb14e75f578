"""Turns of sessions as members see them: places in order, taken or open, and whose turn comes first."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from cohorts.models import Enrollment, Presentation, Session
from cohorts.policies import enrollments_in
from studyplatform.accounts.models import User
from studyplatform.kit.models import Change


@dataclass(frozen=True)
class Slot:
    """One place in the order of a session."""

    position: int
    turn: Presentation | None
    mine: bool = False

    @property
    def late(self) -> bool:
        """Tell whether its post should be out by now and is not."""
        turn = self.turn
        return bool(turn and turn.state == "claimed" and turn.session.post_due_at <= timezone.now())


def slots(session: Session, turns: Iterable[Presentation], mine: Enrollment | None) -> list[Slot]:
    """Return a session's places in order. `turns` are its standing turns; one beyond the last place is still shown."""
    by_position = {turn.position: turn for turn in turns}
    for turn in by_position.values():
        turn.session = session
    last = max([session.turns, *by_position])
    return [_slot(position, by_position.get(position), mine) for position in range(1, last + 1)]


def _slot(position: int, turn: Presentation | None, mine: Enrollment | None) -> Slot:
    return Slot(position, turn, bool(turn and mine and turn.enrollment_id == mine.pk))


def can_take(session: Session, places: list[Slot], mine: Enrollment | None, belongs: bool) -> bool:
    """Tell whether the reader may take a turn here now; the verb looks again."""
    free = any(place.turn is None for place in places)
    return bool(mine and belongs and free and session.stage in ("coming", "soon")) and not any(
        place.mine for place in places
    )


def passed_on(turns: QuerySet[Presentation]) -> dict[int, list[tuple[User, str]]]:
    """Return who passed these turns on themselves, and why, by session."""
    rows = {str(turn.pk): turn for turn in turns.select_related("enrollment__person__profile")}
    found: dict[int, list[tuple[User, str]]] = defaultdict(list)
    changes = Change.objects.filter(subject_type="cohorts.presentation", subject_id__in=rows, to_state="passed")
    for change in changes.order_by("at"):
        turn = rows[change.subject_id]
        if change.actor_id == turn.enrollment.person_id and change.from_state in ("claimed", "ready"):
            found[turn.session_id].append((turn.enrollment.person, change.note))
    return found


def goes_first(mine: Enrollment | None) -> bool:
    """Tell a member who has presented as little as anybody, so that they know the next turn is theirs to take."""
    if mine is None:
        return False
    counted = Count("presentations", filter=Q(presentations__state__in=Presentation.TAKEN))
    people = enrollments_in(mine.cohort).annotate(turns=counted)
    found = people.aggregate(least=Min("turns"), own=Min("turns", filter=Q(pk=mine.pk)))
    return found["own"] is not None and found["own"] == found["least"]
