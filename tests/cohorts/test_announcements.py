"""Who can join is told so by letter: at their moment, once for a cohort, on their own clock."""

import datetime

import pytest
import time_machine

from cohorts.models import Announcement, Cohort
from cohorts.services import announcements, follows, presales, seats
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter, Preference
from tests.cohorts.hosting import english, studio
from tests.cohorts.waiting_line import people
from tests.people import enroll, make_cohort, make_person

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)


def letters(person: User) -> list[str]:
    found = Letter.objects.filter(recipient=person, kind="opening")
    return list(found.values_list("subject", flat=True))


def drain() -> None:
    queue.drain(announcements.QUEUE)


def test_each_is_written_to_once_when_they_may_join(
    soon: Cohort, member: User, follower: User, stranger: User, opening: datetime.datetime
) -> None:
    follows.follow(member, soon.study)  # for two reasons, and told once
    announcements.plan(soon)
    with time_machine.travel(opening - 49 * HOUR):
        drain()
        assert not Letter.objects.filter(kind="opening").exists()
    with time_machine.travel(opening - 47 * HOUR):
        for _ in range(2):
            drain()
        assert (len(letters(member)), letters(follower)) == (1, [])
    for hours in (-23, 1):
        with time_machine.travel(opening + hours * HOUR):
            drain()
    assert (len(letters(member)), len(letters(follower)), letters(stranger)) == (1, 1, [])
    letter = Letter.objects.get(recipient=follower)
    assert letter.subject == "You can join before everybody else: 내 일에 AI 쓰기, cohort 2"
    assert "01:00, London time" in letter.text
    assert f"http://testserver{soon.get_absolute_url()}" in letter.text
    korean = Letter.objects.get(recipient=member)
    assert "10:00" in korean.text
    assert "서울 시간" in korean.text
    assert not Announcement.objects.filter(news_at__isnull=False).exists()


def test_who_has_a_place_or_stopped_such_letters_is_not_written_to(
    soon: Cohort, member: User, follower: User, cohort: Cohort, opening: datetime.datetime
) -> None:
    joined, stopped = make_person("joined", "온 사람"), make_person("stopped", "그만")
    for person in (joined, stopped):
        enroll(person, cohort)
    Preference.objects.create(person=stopped, kind="opening", wanted=False)
    announcements.plan(soon)
    with time_machine.travel(opening - 47 * HOUR):
        seats.hold(joined, soon)
        drain()
    assert [len(letters(one)) for one in (member, joined, stopped)] == [1, 0, 0]


def test_a_cohort_that_is_not_open_tells_nobody(soon: Cohort, member: User, opening: datetime.datetime) -> None:
    announcements.plan(soon)
    Cohort.objects.filter(pk=soon.pk).update(state="called_off")
    with time_machine.travel(opening + HOUR):
        drain()
    assert not letters(member)


def test_without_any_window_followers_are_told_when_it_opens(
    cohort: Cohort, member: User, host: User, stranger: User
) -> None:
    follows.follow(stranger, cohort.study)
    cohort.study.for_whom = "일을 바꿔 보고 싶은 분"
    cohort.study.save()
    made = make_cohort(cohort.study, state="draft", opened_at=None, subgroups=0)
    made.sessions.all().delete()
    english(host).post(studio("cohort_open", made))
    drain()
    assert letters(stranger) == ["You can join now: 내 일에 AI 쓰기, cohort 2"]
    assert not letters(member)


def test_killed_in_the_middle_it_goes_on_and_nobody_is_told_twice(
    cohort: Cohort, opening: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in people(60):
        follows.follow(person, cohort.study)
    made = make_cohort(cohort.study, opens_at=opening, followers_hours=1)
    announcements.plan(made)
    row = Announcement.objects.get()
    with time_machine.travel(opening):
        assert announcements._some(row)  # 25 of them, and then the worker is gone
        assert Letter.objects.count() == 25
        drain()
    assert Letter.objects.filter(kind="opening").values("recipient").distinct().count() == Letter.objects.count() == 60


def test_a_moved_opening_is_told_at_its_new_moment(
    soon: Cohort, host: User, member: User, opening: datetime.datetime
) -> None:
    announcements.plan(soon)
    first = {"alumni_hours": 24, "followers_hours": 0, "presale_seats": None}
    with time_machine.travel(opening - 3 * DAY):
        presales.set_for(host, soon, opens_at=opening + DAY, **first)
    for hours, told in ((-25, 0), (1, 1)):
        with time_machine.travel(opening + hours * HOUR):
            drain()
            assert len(letters(member)) == told
