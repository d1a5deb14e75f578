"""What happens when, in one order for everybody."""

import datetime
import heapq
import itertools
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from studyplatform.demo.world.clock import Clock

HOME = ZoneInfo("Asia/Seoul")
Moment = datetime.datetime


class Diary:
    """Acts by moment. What is written for after `today` is still to come, and does not happen."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.today = clock, clock.moment
        self.day = self.today.astimezone(HOME).date()
        self._count = itertools.count()
        self._pages: list[tuple[Moment, int, Callable[..., Any], tuple[Any, ...]]] = []

    def at(self, days: int, hour: int, minute: int = 0) -> Moment:
        """Return a time of day so many days from today, in Seoul."""
        day = self.day + datetime.timedelta(days=days)
        return datetime.datetime.combine(day, datetime.time(hour, minute), HOME).astimezone(datetime.UTC)

    def write(self, moment: Moment, act: Callable[..., Any], *words: Any) -> None:
        """Have `act(*words)` happen at a moment; an act may write more."""
        heapq.heappush(self._pages, (moment, next(self._count), act, words))

    def live(self) -> None:
        """Let everything up to today happen, in order, each with the clock standing at its moment."""
        while self._pages and self._pages[0][0] < self.today:
            moment, _, act, words = heapq.heappop(self._pages)
            self.clock.moment = moment
            act(*words)
        self.clock.moment = self.today
