"""Thanks as people read them: under a turn, and at home for who presented. Nobody is ranked by them."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from cohorts.forms.thanks import ThanksForm
from cohorts.models import Presentation, Session, Thanks
from studyplatform.accounts.models import User

UNDER_A_TURN = 3
AT_HOME = 3
RECENT = datetime.timedelta(days=30)


@dataclass
class Thanked:
    """The thanks for one turn as one person reads them: the newest, theirs among them, and how many there are."""

    shown: list[Thanks] = field(default_factory=list)
    count: int = 0
    mine: bool = False
    form: ThanksForm | None = None  # when the reader may thank for it

    @property
    def more(self) -> bool:
        """Whether there are more than these."""
        return self.count > len(self.shown)


def standing() -> QuerySet[Thanks]:
    """Return thanks that were not taken back, newest first, with who gave them."""
    return Thanks.objects.filter(taken_back_at=None).select_related("giver__profile").order_by("-at", "-pk")


def may_thank(person: User, turn: Presentation) -> bool:
    """Tell whether who sees the session may thank for a turn in it; the verb looks again."""
    return turn.state in Presentation.PRESENTED and turn.enrollment.person_id != person.pk


def under_turns(person: User, session: Session, turns: list[Presentation]) -> None:
    """Give each turn of a session its `thanked`, in one query."""
    place = Window(RowNumber(), partition_by="presentation", order_by=[F("at").desc(), F("pk").desc()])
    rows: Any = standing().filter(presentation__session=session)
    rows = rows.annotate(place=place, count=Window(Count("pk"), partition_by="presentation"))
    found: dict[int, Thanked] = defaultdict(Thanked)
    for row in rows.filter(Q(place__lte=UNDER_A_TURN) | Q(giver=person)):
        thanked = found[row.presentation_id]
        thanked.shown.append(row)
        thanked.count = row.count
        thanked.mine |= row.giver_id == person.pk
    for turn in turns:
        thanked = found[turn.pk]
        if may_thank(person, turn) and not thanked.mine:
            thanked.form = ThanksForm(auto_id=f"thank-{turn.position}-%s")
        turn.thanked = thanked  # type: ignore[attr-defined]


def lately(person: User) -> tuple[int, list[Thanks]]:
    """Return how many people thanked a person in the last weeks, and the newest of it."""
    rows = standing().filter(presentation__enrollment__person=person, at__gt=timezone.now() - RECENT)
    newest = list(rows.select_related("giver__profile", "presentation__session__cohort__study")[:AT_HOME])
    people = rows.aggregate(n=Count("giver", distinct=True))["n"] if len(newest) == AT_HOME else None
    return len({row.giver_id for row in newest}) if people is None else people, newest
