"""The letter that somebody can join a cohort now: with everybody, or before them."""

from collections.abc import Iterable

from cohorts.letters import share_link
from cohorts.models import Cohort
from studyplatform.accounts.models import User
from studyplatform.mail.services.letters import write


def can_join(cohort: Cohort, people: Iterable[User]) -> None:
    """Tell people, once for a cohort however many reasons there are, that they can join it now."""
    for person in people:
        write(
            to=person,
            kind="opening",
            key=f"opening:{cohort.pk}:{person.pk}",
            template="cohorts/opening",
            context={"cohort": cohort, "study": cohort.study, "page": share_link(cohort)},
            about=f"cohort:{cohort.pk}",
            expires_at=cohort.closes_at,
        )
