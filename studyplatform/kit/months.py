"""Months of the books: in addresses "2026-11", from midnight to midnight in the platform's own zone."""

import datetime
from dataclasses import dataclass

from django.utils import timezone


@dataclass(frozen=True, order=True)
class Month:
    """A month of a year."""

    year: int
    number: int

    @classmethod
    def of(cls, at: datetime.datetime) -> "Month":
        """Return the month a moment lies in, on the platform's calendar."""
        day = timezone.localdate(at, timezone.get_default_timezone())
        return cls(day.year, day.month)

    @property
    def begins(self) -> datetime.datetime:
        """The first moment of it."""
        return datetime.datetime(self.year, self.number, 1, tzinfo=timezone.get_default_timezone())

    @property
    def ends(self) -> datetime.datetime:
        """The first moment after it."""
        return self.next.begins

    @property
    def next(self) -> "Month":
        """The month after."""
        return Month(self.year + 1, 1) if self.number == 12 else Month(self.year, self.number + 1)

    @property
    def before(self) -> "Month":
        """The month before."""
        return Month(self.year - 1, 12) if self.number == 1 else Month(self.year, self.number - 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"


class MonthInAddress:
    """Django's way from an address to a month and back; what is no month is no address."""

    regex = r"20[2-9]\d-(?:0[1-9]|1[0-2])"

    def to_python(self, text: str) -> Month:
        """Read "2026-11"."""
        year, number = text.split("-")
        return Month(int(year), int(number))

    def to_url(self, month: Month) -> str:
        """Write "2026-11"."""
        return str(month)
