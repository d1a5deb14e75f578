"""Fixtures of cohorts: a cohort that opens in some days, scholarships; the local Stripe where somebody pays."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cohorts.models import Cohort, Scholarship, ScholarshipApplication
from cohorts.services import follows, scholarships
from studyplatform.accounts.models import User
from tests.cohorts.scholars import answer, ask
from tests.people import make_cohort, make_person

DAY = datetime.timedelta(days=1)


@pytest.fixture
def opening() -> datetime.datetime:
    """A morning in Seoul some days ahead."""
    day = timezone.localdate() + 5 * DAY
    return datetime.datetime.combine(day, datetime.time(10), ZoneInfo("Asia/Seoul")).astimezone(datetime.UTC)


@pytest.fixture
def soon(cohort: Cohort, member: User, opening: datetime.datetime) -> Cohort:
    """The cohort after the one `member` is in: theirs two days before everybody, followers' a day before."""
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=cohort.starts_on - 7 * DAY)
    return make_cohort(cohort.study, opens_at=opening, alumni_hours=48, followers_hours=24)


@pytest.fixture
def follower(soon: Cohort) -> User:
    person = make_person("follower", "Fiona", language="en", time_zone="Europe/London")
    follows.follow(person, soon.study)
    return person


@pytest.fixture
def offered(cohort: Cohort, host: User) -> Scholarship:
    return scholarships.offer(host, cohort, places=2, percent=50, for_whom="학생과 구직 중인 분")


@pytest.fixture
def yes(offered: Scholarship, host: User, stranger: User) -> ScholarshipApplication:
    """The stranger's place at half of 150,000 won."""
    row = ask(stranger, offered.cohort)
    answer(host, row)
    row.refresh_from_db()
    return row
