"""Letters about moving to a later cohort, stored in the transaction of the verb that causes them."""

from cohorts import clock
from cohorts.models import Enrollment
from payments.letters import address
from studyplatform.accounts.models import User
from studyplatform.mail.services.letters import write


def moved(new: Enrollment, old: Enrollment, *, along: int, back: int, outside: int = 0) -> None:
    """Tell somebody that they are in the later cohort: when it begins, what came along, what comes back.

    `outside`: what comes back from the host, who was paid elsewhere.
    """
    context = {
        "cohort": new.cohort,
        "study": new.cohort.study,
        "before": old.cohort,
        "first": clock.first_of_all(new.cohort),
        "along": along,
        "paid": new.price - along,
        "back": back,
        "outside": outside,
        "currency": new.currency,
        "url": address("space", new.cohort.study.slug, new.cohort.number),
    }
    write(
        to=new.person,
        key=f"moved:{new.pk}",
        template="payments/moved",
        context=context,
        about=f"enrollment:{new.pk}",
    )


def member_moved(new: Enrollment, old: Enrollment, leader: User | None) -> None:
    """Tell the partner of the group somebody was in, so that the chat room follows."""
    if leader is None:
        return
    write(
        to=leader,
        kind="member_left",
        key=f"member_moved:{new.pk}:{leader.pk}",
        template="payments/member_moved",
        context={
            "member": new.person,
            "cohort": old.cohort,
            "study": old.cohort.study,
            "after": new.cohort,
            "url": address("partner_desk"),
        },
        about=f"enrollment:{old.pk}",
    )
