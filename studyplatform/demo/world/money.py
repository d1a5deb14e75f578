"""Who is paid where to, and the payout runs of the past: the first is paid, the second waits for a second person."""

from payments.models import PayoutBatch
from payments.services import batches, payees, payouts
from studyplatform.demo.world.world import World

# Name, bank, holder, account: made-up numbers.
ACCOUNTS = (
    ("host", "국민", "정은혜", "00000000000101"),
    ("partner", "농협", "한상우", "0000000000202"),
    ("minji", "우리", "이민지", "0000000000303"),
    ("kyungmin", "신한", "조경민", "000000000404"),
    ("seoyeon", "카카오뱅크", "김서연", "0000000000505"),
)
REGISTERED, FIRST_RUN, SECOND_RUN = -40, -34, -9


def plan(world: World) -> None:
    """Write the payees and the two runs into the diary."""
    diary = world.diary
    for name, bank, holder, account in ACCOUNTS:
        diary.write(diary.at(REGISTERED, 11), _register, world, name, bank, holder, account)
    diary.write(diary.at(FIRST_RUN, 6), payouts.run)
    diary.write(diary.at(FIRST_RUN, 10), _pay_out, world)
    diary.write(diary.at(SECOND_RUN, 6), payouts.run)
    diary.write(diary.at(SECOND_RUN, 10), batches.make, world.people["admin"], "KRW")


def _register(world: World, name: str, bank: str, holder: str, account: str) -> None:
    payees.save(world.people[name], bank=bank, holder=holder, account=account, currency="KRW")


def _pay_out(world: World) -> None:
    """One makes the batch, the other checks it; the bank has the file within the day and pays the day after."""
    maker, checker, diary = world.people["admin"], world.people["admin2"], world.diary
    batch: PayoutBatch = batches.make(maker, "KRW")
    diary.write(diary.at(FIRST_RUN, 14), batches.approve, checker, batch)
    diary.write(diary.at(FIRST_RUN, 15), batches.export, maker, batch)
    diary.write(diary.at(FIRST_RUN + 1, 10), batches.confirm, maker, batch, {})
