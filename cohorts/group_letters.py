"""Letters about companies' seats: to who is to sit on one, and to the company."""

from typing import Any

from django.urls import reverse

from cohorts import clock
from cohorts.letters import address
from cohorts.models import Enrollment, SeatGroup, SeatInvitation
from studyplatform.accounts.letters import write_to_whoever
from studyplatform.accounts.models import User
from studyplatform.mail.services.letters import withdraw, write


def seat_offered(invitation: SeatInvitation) -> None:
    """Tell somebody that a company keeps a seat for them."""
    url = address(reverse("group_seat", args=[invitation.token]))
    write_to_whoever(
        invitation.email,
        language=invitation.group.language,
        key=f"group-seat:{invitation.pk}",
        template="cohorts/group_seat",
        context={**_of(invitation.group), "url": url},
        about=_about(invitation),
    )


def take_back(invitation: SeatInvitation) -> None:
    """Take back a letter that has not left, as its seat is kept no more."""
    withdraw(_about(invitation))


def seated(place: Enrollment) -> None:
    """Welcome somebody on a company's seat: when it begins, where their cohort is."""
    space = address(reverse("space", args=[place.cohort.study.slug, place.cohort.number]))
    context = {"first": clock.first_of_all(place.cohort), "url": space}
    _write(place, place.person, "group_seated", context)


def vacated(place: Enrollment) -> None:
    """Tell the company that somebody left its seat, which can get another name."""
    if place.group:
        url = address(place.group.get_absolute_url())
        _write(place, place.group.buyer, "group_vacated", {"member": place.person, "url": url})


def _write(place: Enrollment, to: User, template: str, context: dict[str, Any]) -> None:
    about = f"enrollment:{place.pk}"
    of = _of(place.group) if place.group else {}
    write(to=to, key=f"{template}:{place.pk}", template=f"cohorts/{template}", context={**of, **context}, about=about)


def _of(group: SeatGroup) -> dict[str, Any]:
    return {"group": group, "cohort": group.cohort, "study": group.cohort.study}


def _about(invitation: SeatInvitation) -> str:
    return f"seat_invitation:{invitation.pk}"
