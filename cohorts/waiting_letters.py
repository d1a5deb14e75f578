"""Letters to who waits for a seat: in line, offered one, missed it, or the cohort takes nobody any more."""

from typing import Any

from django.urls import reverse

from cohorts.letters import address
from cohorts.models import Cohort, Enrollment
from studyplatform.mail.services.letters import withdraw, write


def waiting(row: Enrollment, ahead: int) -> None:
    """Tell somebody that they stand in line, how many stand before them, and how a seat comes to them."""
    _to(row, "waiting", {"ahead": ahead, "page": _page("waiting", row.cohort)})


def offered(row: Enrollment) -> None:
    """Tell somebody that a seat is theirs to take, until when, and at what price."""
    context = {"until": row.offered_until, "url": _page("join", row.cohort), "page": _page("waiting", row.cohort)}
    _to(row, "seat_offered", context, expires_at=row.offered_until)


def take_back(row: Enrollment) -> None:
    """Take back what has not left yet, for it is not true any more."""
    withdraw(_about(row))


def offer_over(row: Enrollment) -> None:
    """Tell somebody that their seat went on to the next, and how to wait again."""
    take_back(row)
    _to(row, "offer_over", {"page": _page("waiting", row.cohort)})


def line_over(row: Enrollment) -> None:
    """Tell somebody in line that this cohort takes nobody any more, and why."""
    take_back(row)
    off = row.cohort.state == Cohort.State.CALLED_OFF
    _to(row, "line_over", {"called_off": off, "url": address(row.cohort.study.get_absolute_url())})


def _to(row: Enrollment, template: str, context: dict[str, Any], **options: Any) -> None:
    write(
        to=row.person,
        key=f"{template}:{row.pk}",
        template=f"cohorts/{template}",
        context={"cohort": row.cohort, "study": row.cohort.study, "place": row, **context},
        about=_about(row),
        **options,
    )


def _about(row: Enrollment) -> str:
    return f"enrollment:{row.pk}"


def _page(name: str, cohort: Cohort) -> str:
    return address(reverse(name, args=[cohort.study.slug, cohort.number]))
