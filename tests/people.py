"""The same few named people and one small world for every test.

host runs the study "내 일에 AI 쓰기"; partner leads the first subgroup of its open cohort 1 (KRW 150,000, 6 seats);
member is in it (paid, first subgroup); stranger has an account and nothing else; admin runs the platform;
other_host runs another study.
"""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from psycopg2.extras import DateTimeTZRange

from cohorts.models import (
    Cohort,
    Enrollment,
    Leadership,
    Partner,
    Price,
    Seats,
    Session,
    Study,
    StudyRole,
    Subgroup,
    Terms,
)
from cohorts.services import refund_policies, seats
from studyplatform.accounts.models import Profile, User

PASSWORD = "a-long-demo-password"


def make_person(name: str, pen_name: str, **fields: Any) -> User:
    """Make a person with a verified address `<name>@example.com`."""
    from allauth.account.models import EmailAddress

    user = User.objects.create_user(f"{name}@example.com", PASSWORD, handle=name.replace("-", "_"), **fields)
    Profile.objects.create(person=user, pen_name=pen_name, work="을지로에서 인쇄소 운영")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_study(host: User, **fields: Any) -> Study:
    """Make a public study run and paid to `host`."""
    values = {
        "slug": "ai-at-work",
        "title": "내 일에 AI 쓰기",
        "promise": "개발자가 아닌 사람들이 8주 동안 자기 일 하나를 바꿔 봐요.",
        "language": "ko",
        "state": Study.State.PUBLIC,
        "payee": host,
        **fields,
    }
    study = Study.objects.create(**values)
    StudyRole.objects.create(study=study, person=host)
    return study


def make_cohort(study: Study, *, capacity: int = 6, amount: int = 150_000, subgroups: int = 2, **fields: Any) -> Cohort:
    """Make an open cohort of `study` that starts in two weeks, with sessions, price, terms and subgroups."""
    now = timezone.now()
    values = {
        "number": study.cohorts.count() + 1,
        "state": Cohort.State.OPEN,
        "zone": "Asia/Seoul",
        "starts_on": (now + datetime.timedelta(days=14)).date(),
        "meets_at": datetime.time(20),
        "weeks": 4,
        "link": "https://meet.example.com/cohort",
        "closes_at": now + datetime.timedelta(days=14),
        "currency": "KRW",
        "policy": refund_policies.preset("remaining_sessions"),
        "opened_at": now,
        **fields,
    }
    cohort = Cohort.objects.create(study=study, **values)
    Seats.objects.create(cohort=cohort, capacity=capacity)
    Price.objects.create(cohort=cohort, amount=amount)
    Terms.objects.create(cohort=cohort, platform_share=1000, partner_share=2000)
    first = datetime.datetime.combine(cohort.starts_on, cohort.meets_at, cohort.tz)
    for week in range(cohort.weeks):
        Session.objects.create(
            cohort=cohort,
            number=week + 1,
            starts_at=first + datetime.timedelta(weeks=week),
            minutes=cohort.minutes,
            turns=cohort.turns_per_session,
        )
    for position in range(subgroups):
        Subgroup.objects.create(
            cohort=cohort,
            position=position,
            topic=f"소모임 {position + 1}",
            weekday=3,
            meets_at=datetime.time(21),
            capacity=max(1, capacity // 2),
            chat_link=f"https://chat.example.com/{position}",
            chat_code="1234",
            greeting="반가워요. 목요일에 만나요.",
        )
    return cohort


def lead(person: User, subgroup: Subgroup) -> Partner:
    """Make a person an approved partner who leads the subgroup from now on."""
    partner, _ = Partner.objects.get_or_create(person=person, defaults={"state": Partner.State.APPROVED})
    Leadership.objects.create(
        subgroup=subgroup,
        partner=partner,
        period=DateTimeTZRange(timezone.now() - datetime.timedelta(days=1), None),
    )
    return partner


def enroll(person: User, cohort: Cohort, subgroup: Subgroup | None = None) -> Enrollment:
    """Put a person into a cohort without money moving."""
    enrollment = seats.hold(person, cohort, subgroup=subgroup)
    seats.settle(enrollment)
    enrollment.refresh_from_db()
    return enrollment


def sign_in(person: User) -> Client:
    """Return a browser signed in as the person."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def host(db: None) -> User:
    return make_person("host", "정은혜")


@pytest.fixture
def other_host(db: None) -> User:
    return make_person("other-host", "백인호")


@pytest.fixture
def partner(db: None) -> User:
    return make_person("partner", "한상우")


@pytest.fixture
def stranger(db: None) -> User:
    return make_person("stranger", "Daniel Cho", language="en", time_zone="Europe/London")


@pytest.fixture
def admin(db: None) -> User:
    return make_person("admin", "운영자", is_staff=True, is_superuser=True)


@pytest.fixture
def study(host: User) -> Study:
    return make_study(host)


@pytest.fixture
def cohort(study: Study, partner: User) -> Cohort:
    made = make_cohort(study)
    lead(partner, made.subgroups.first())
    return made


@pytest.fixture
def member(cohort: Cohort) -> User:
    person = make_person("member", "배소라")
    enroll(person, cohort, cohort.subgroups.first())
    return person
