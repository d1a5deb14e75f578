"""A seat offered to somebody who has not answered."""

from cohorts.models import Enrollment
from payments.services import giving
from studyplatform.demo.world.world import World

KEY, GIVER, TAKER = "work-3", "taeyang", "yongjae"
WORDS = "용재 씨, 그 주부터 야간 조로 옮기게 됐어요. 세탁소 이야기 들려주면 다들 좋아할 거예요."


def plan(world: World) -> None:
    """Write down who offers their seat to whom, yesterday."""
    world.diary.write(world.diary.at(-1, 14), _offer, world)


def _offer(world: World) -> None:
    giver, taker = world.people[GIVER], world.people[TAKER]
    place = Enrollment.objects.get(cohort=world.cohorts[KEY], person=giver, state__in=Enrollment.BELONGS)
    giving.offer(giver, place, name=taker.name, email=taker.email, words=WORDS)
