"""Letters about companies' seats: to who is to sit on one, and to the company."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from cohorts.letters import address
from cohorts.models import Enrollment, SeatGroup, SeatInvitation, Session
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from studyplatform.mail.services.letters import withdraw, write, write_to_address


def seat_offered(invitation: SeatInvitation) -> None:
    """Tell somebody that a company keeps a seat for them. Without an account the letter is the key to it."""
    url = address(reverse("group_seat", args=[invitation.token]))
    options: dict[str, Any] = {"template": "cohorts/group_seat", "context": {**_of(invitation.group), "url": url}}
    known = User.objects.filter(email__iexact=invitation.email, is_active=True, erased_at=None).first()
    if known:
        write(to=known, key=f"group-seat:{invitation.pk}", about=_about(invitation), **options)
    else:
        key = f"{Letter.OPENS}group-seat:{invitation.pk}"
        write_to_address(invitation.email, language=invitation.group.language, key=key, **options)


def take_back(invitation: SeatInvitation) -> None:
    """Take back a letter that has not left, as its seat is kept no more."""
    withdraw(_about(invitation))


def seated(place: Enrollment) -> None:
    """Welcome somebody on a company's seat: when it begins, where their cohort is."""
    planned = place.cohort.sessions.filter(subgroup=None, state=Session.State.PLANNED, starts_at__gt=timezone.now())
    space = address(reverse("space", args=[place.cohort.study.slug, place.cohort.number]))
    context = {"first": planned.order_by("starts_at").first(), "url": space}
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
