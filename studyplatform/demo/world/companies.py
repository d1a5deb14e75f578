"""A company that sends six of its people: quoted, accepted by invoice, some seats with a name and some without."""

from cohorts.models import SeatGroup
from cohorts.services import attendance, group_seats, seat_groups
from payments.services import agreements, invoices
from studyplatform.demo.world.world import World

KEY, BUYER, SIZE = "work-3", "gihoon", 6
PLAN = {"on": True, "reduction": 1_000, "reduction_from": 5, "quote_days": 14, "invoice_days": 14}
ASKED = {
    "company": "한빛무역",
    "business_number": "1248100998",
    "contact": "현기훈",
    "contact_email": "books@example.com",
    "language": "ko",
}
ANSWERED = (("jaewoo", True), ("dabin", False))  # who sits, and whether the company sees where they were
ASKS = ("suhyun@example.com",)  # has not answered yet


def plan(world: World) -> None:
    """Write the company's days into the diary."""
    diary = world.diary
    diary.write(diary.at(-11, 10, 30), _sell, world)
    diary.write(diary.at(-6, 14), _quote, world)
    diary.write(diary.at(-4, 9), _invite, world)


def _sell(world: World) -> None:
    seat_groups.save_plan(world.people["host"], world.cohorts[KEY], **PLAN)


def _quote(world: World) -> None:
    seat_groups.quote(world.people[BUYER], world.cohorts[KEY], size=SIZE, **ASKED)


def _invite(world: World) -> None:
    """Accept the quote and name people; two of them sit down the same day."""
    buyer, group = world.people[BUYER], SeatGroup.objects.get(cohort=world.cohorts[KEY])
    invoices.accept(buyer, group)
    known = {world.people[name].email: name for name, _sees in ANSWERED}
    group_seats.invite(buyer, group, [*known, *ASKS])
    for name, sees in ANSWERED:
        person = world.people[name]
        place = group_seats.take(person, group.invitations.get(email=person.email).token)
        agreements.agree(person, recording=True)
        attendance.show(place, sees)
