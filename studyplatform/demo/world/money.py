"""Who is paid where to, and the payout runs of the past, each on a Monday.

The first went through. In the second the bank sent one back, so the third holds it anew, in a batch that waits for a
second person. Daniel and June are paid on accounts at Stripe, June since lately.
"""

import datetime

from payments.flows import onboarding
from payments.models import Payee, Payout, PayoutBatch
from payments.services import batches, payees, payouts, taxes
from studyplatform.demo.world import data, routine, stripe
from studyplatform.demo.world.world import World

BANKS = ("국민", "농협", "우리", "신한", "카카오뱅크", "하나", "기업", "수협")
PAID_BY_BANK = (
    *("host", "partner", "minji", "kyungmin", "seoyeon", "yeongok", "gwangsu", "miryeong", "taesik", "yuri"),
    *("sunyoung", "gapsu", "sookhee"),
)
BUSINESSES = {"minji": "1234567891", "gapsu": "1000000009"}  # the others are people, and tax is withheld from them
REGISTERED = -40
SENT_BACK, WHY = "taesik", "예금주 이름이 달라요"
FIRST, SECOND = -4, -1  # weeks before the last run


def plan(world: World) -> None:
    """Write the payees and the runs into the diary."""
    diary, last = world.diary, _last_monday(world)
    for place, name in enumerate(PAID_BY_BANK):
        diary.write(diary.at(REGISTERED, 11), _name_bank, world, name, BANKS[place % len(BANKS)], f"{101 + place:014}")
    diary.write(diary.at(REGISTERED, 12), _name_stripe, world, "daniel", "US")
    for weeks in (FIRST, SECOND, 0):
        diary.write(diary.at(last + 7 * weeks, 6), _run, world)
        diary.write(diary.at(last + 7 * weeks, 10), _make_batch, world, weeks)
    # A number written down wrong, and put right; an account at Stripe that is looked at again on the wrong day.
    diary.write(diary.at(last - 5, 9), _name_bank, world, SENT_BACK, "수협", "00000000000999")
    diary.write(diary.at(last - 2, 12), _name_stripe, world, "june", "CA")
    diary.write(diary.at(last, 5), _stripe_says, world, "june", "look_again")
    diary.write(diary.at(last, 15), _stripe_says, world, "june", "fine")
    diary.write(diary.at(last, 16), _look_at_stripe, world, "june")


def _last_monday(world: World) -> int:
    """Return how many days from today the last Monday before today lies: below zero."""
    return -(world.diary.day.weekday() or 7)


def _name_bank(world: World, name: str, bank: str, account: str) -> None:
    holder = data.people()[name]["pen_name"]
    payees.save(world.people[name], bank=bank, holder=holder, account=account, currency="KRW")
    if name in BUSINESSES:
        taxes.as_business(world.people[name], number=BUSINESSES[name], name=f"{holder} 사무소", pays_vat=True)
    else:
        taxes.name_resident(world.people[name], f"8{len(name) % 10}0101{2_000_000 + int(account)}")


def _name_stripe(world: World, name: str, country: str) -> None:
    """Choose Stripe, fill in its page, come back."""
    stripe.stand_at(world.diary.clock.moment)
    onboarding.begin(world.people[name], country)
    _stripe_says(world, name, "fine")
    _look_at_stripe(world, name)


def _stripe_says(world: World, name: str, what: str) -> None:
    stripe.onboard(_payee(world, name).stripe_account or "", what)


def _look_at_stripe(world: World, name: str) -> None:
    onboarding.look(_payee(world, name))


def _payee(world: World, name: str) -> Payee:
    return Payee.objects.get(person=world.people[name])


def _run(world: World) -> None:
    payouts.run()
    routine.look(world)


def _make_batch(world: World, weeks: int) -> None:
    """One makes the batch, the other checks it; the bank has the file within the day and pays the day after."""
    maker, checker, diary = world.people["admin"], world.people["admin2"], world.diary
    batch: PayoutBatch = batches.make(maker, "KRW")
    if weeks == 0:
        return  # this one is still to be checked
    made = diary.clock.moment
    hours = datetime.timedelta(hours=1)
    diary.write(made + 4 * hours, batches.approve, checker, batch)
    diary.write(made + 5 * hours, batches.export, maker, batch)
    diary.write(made + 24 * hours, _hear_from_bank, world, batch)


def _hear_from_bank(world: World, batch: PayoutBatch) -> None:
    back = Payout.objects.filter(batch=batch, payee__person=world.people[SENT_BACK])
    batches.confirm(world.people["admin"], batch, {payout.pk: WHY for payout in back})
