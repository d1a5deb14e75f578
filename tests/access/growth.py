"""More of everything: what a world looks like after a few good months."""

import datetime

from cohorts.models import Enrollment, Session, Subgroup
from cohorts.services import presentations, scholarships, thanks, waiting
from payments.models import Payment
from showcase.services import comments, pictures
from tests.access.world import World, picture_file
from tests.people import enroll, lead, make_cohort, make_person, make_study
from tests.showcase.make import post

LANGUAGES = ("ko", "en")


def grow(world: World, first: int, last: int) -> None:
    """Add so many members with posts and turns, subgroups with partners and sessions, cohorts and studies."""
    cohort = world.cohort
    cohort.seats.capacity += last - first
    cohort.seats.save()
    Subgroup.objects.filter(cohort=cohort).update(capacity=1_000)
    for n in range(first, last):
        _group(world, n)
        _member(world, n)
        _run(world, n)


def _group(world: World, n: int) -> None:
    group = Subgroup.objects.create(
        cohort=world.cohort, position=20 + n, topic=f"더 {n}", weekday=n % 7, meets_at="21:00", capacity=9
    )
    lead(make_person(f"leader-{n}", f"파트너 {n}"), group)
    lead(
        world.people["partner"],
        Subgroup.objects.create(
            cohort=world.second, position=20 + n, topic=f"또 {n}", weekday=n % 7, meets_at="20:00", capacity=9
        ),
    )
    for where, number in ((group, 1), (world.group, 10 + n), (None, 10 + n)):
        Session.objects.create(
            cohort=world.cohort,
            subgroup=where,
            number=number,
            minutes=60,
            turns=3,
            starts_at=world.session.starts_at + datetime.timedelta(days=n + 1),
        )


def _member(world: World, n: int) -> None:
    person = make_person(f"joined-{n}", f"멤버 {n}")
    waiting.wait(person, world.full)
    scholarships.ask(person, world.cohort, f"학생이에요 {n}")
    place = enroll(person, world.cohort, world.group)
    Enrollment.objects.filter(pk=place.pk).update(introduction=f"안녕하세요 {n}")
    for session in (world.session, world.group_session):
        Session.objects.filter(pk=session.pk).update(turns=1_000)
        presentations.claim(person, session)
    for author, seat in ((person, place), (world.people["member"], world.place)):
        row = post(author, title=f"사례 {n}", enrollment_id=seat.pk, language=LANGUAGES[n % 2])
        pictures.add(row, picture_file())
        post(author, title=f"안에서 {n}", visibility="cohort", enrollment_id=seat.pk)
        post(author, title=f"쓰는 중 {n}", out=False)
    post(person, title=f"이어 만든 글 {n}", parent=world.public, enrollment_id=place.pk)
    thanks.give(person, world.presented, "잘 들었어요. 고마워요.")
    for row in (world.public, world.inside):
        first = comments.write(person, row, f"해 봤어요 {n}")
        comments.write(world.people["member"], row, f"어땠어요 {n}", answers=first)
    Payment.objects.create(buyer=person, amount=1, currency="KRW", provider="stripe", state="expired", due_at=None)


def _run(world: World, n: int) -> None:
    more = make_cohort(world.study, amount=0)
    enroll(world.people["member"], more, more.subgroups.first())
    make_cohort(
        make_study(world.people["host"], slug=f"more-{n}", title=f"또 다른 스터디 {n}", language=LANGUAGES[n % 2])
    )
