"""Which terms hold for whom: the newest version whose time had come, a partner's own before the cohort's.

A seat goes by the versions there were when it was taken, a session by those when it began, a whole cohort by those
when it ended; so nothing that was agreed changes afterwards.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable

from cohorts.models import Cohort, Enrollment, Partner, Terms


def standing(cohort: Cohort, partner: Partner | None = None) -> Terms:
    """Return the terms of seats taken now, for everybody who leads or for one partner."""
    versions = cohort.terms.order_by("-version")
    own = versions.filter(partner=partner).first() if partner else None
    return own or versions.filter(partner=None)[0]


class Agreed:
    """The terms of some cohorts and of all their partners, looked up in one query."""

    def __init__(self, cohorts: Iterable[int]) -> None:
        self._versions: dict[tuple[int, int | None], list[Terms]] = defaultdict(list)
        for terms in Terms.objects.filter(cohort__in=cohorts).select_related("partner").order_by("-version"):
            self._versions[terms.cohort_id, terms.partner.person_id if terms.partner else None].append(terms)

    def for_seat(self, seat: Enrollment, person: int | None) -> Terms:
        """Return what a person who leads gets of a seat: as it was agreed when the seat was taken."""
        return self._newest(seat.cohort_id, person, lambda terms: terms.version <= seat.terms.version)

    def at(self, cohort: int, person: int, moment: datetime.datetime) -> Terms:
        """Return what held for a person who leads in a cohort at a moment."""
        return self._newest(cohort, person, lambda terms: terms.since <= moment)

    def _newest(self, cohort: int, person: int | None, come: Callable[[Terms], bool]) -> Terms:
        own, everybodys = self._versions[cohort, person], self._versions[cohort, None]
        return next(filter(come, [*own, *everybodys]), everybodys[-1])
