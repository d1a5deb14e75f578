"""Letters about a seat given to somebody, stored in the transaction of the verb that causes them. None can be stopped,
but the partner's.
"""

import datetime
from typing import Any

from django.utils import timezone

from cohorts import clock
from cohorts.models import SeatGift
from payments.letters import address
from studyplatform.accounts.letters import write_to_whoever
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from studyplatform.mail.services.letters import withdraw, write

SOON = datetime.timedelta(hours=24)  # so long before it ends an offer is told of once more


def offered(gift: SeatGift) -> None:
    """Offer a seat to whoever has the address, and once more when its time is nearly over."""
    _to_receiver(gift, gift.email, "gift_offered", **_until(gift))
    soon = gift.expires_at - SOON
    if soon > timezone.now() + SOON:
        _to_receiver(gift, gift.email, "gift_soon", due_at=soon, **_until(gift))


def _until(gift: SeatGift) -> dict[str, Any]:
    return {"expires_at": gift.expires_at, "about": _about(gift)}


def take_back(gift: SeatGift) -> None:
    """Take back what offers a seat and has not left, since it is not true any more."""
    withdraw(_about(gift))


def gone(gift: SeatGift, told: str) -> None:
    """Tell whoever was offered a seat, if that letter has left, that it is not to be had any more."""
    if Letter.objects.filter(about=_about(gift), done_at__isnull=False).exists():
        _to_receiver(gift, told, "gift_gone")


def _to_receiver(gift: SeatGift, email: str, template: str, **options: Any) -> None:
    options |= {"template": f"payments/{template}", "context": {**_context(gift), "url": _page(gift)}}
    language = gift.enrollment.cohort.study.language
    write_to_whoever(email, language=language, key=f"{template}:{gift.pk}", **options)


def taken(gift: SeatGift, leader: User | None) -> None:
    """Tell giver and receiver that the seat has gone over, and the partner of its group, so that the chat follows."""
    cohort = gift.enrollment.cohort
    place = [cohort.study.slug, cohort.number]
    first = clock.first_of_all(cohort)
    _write(gift, gift.enrollment.person, "gift_taken", url=address("payments"))
    _write(gift, gift.place.person, "gift_welcome", url=address("space", *place), first=first)  # type: ignore[union-attr]
    if leader:
        _write(gift, leader, "member_gave", kind="member_left", url=address("partner_desk"))


def declined(gift: SeatGift) -> None:
    """Tell the giver that the answer was no, and that the seat is theirs as before."""
    _write(gift, gift.enrollment.person, "gift_declined", url=_givers_page(gift))


def expired(gift: SeatGift) -> None:
    """Tell the giver that nobody answered in time, and that the seat is theirs as before."""
    _write(gift, gift.enrollment.person, "gift_expired", url=_givers_page(gift))


def _write(gift: SeatGift, to: User, template: str, *, kind: str = "", **context: Any) -> None:
    context |= _context(gift)
    about = f"enrollment:{gift.enrollment_id}"
    write(
        to=to,
        kind=kind,
        key=f"{template}:{gift.pk}:{to.pk}",
        template=f"payments/{template}",
        context=context,
        about=about,
    )


def _context(gift: SeatGift) -> dict[str, Any]:
    cohort = gift.enrollment.cohort
    receiver = gift.place.person if gift.place else None
    return {
        "gift": gift,
        "giver": gift.enrollment.person,
        "receiver": receiver,
        "cohort": cohort,
        "study": cohort.study,
    }


def _page(gift: SeatGift) -> str:
    return address("seat_gift", gift.token)


def _givers_page(gift: SeatGift) -> str:
    cohort = gift.enrollment.cohort
    return address("give", cohort.study.slug, cohort.number)


def _about(gift: SeatGift) -> str:
    return f"gift:{gift.pk}"
