"""When people may join, set by the host: seen, refused where it makes no sense, never taken back, copied."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction

from cohorts import presale
from cohorts.models import Cohort
from cohorts.services import copies, presales
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from tests.cohorts.hosting import at, english, plan, shut_out, studio, text
from tests.people import make_cohort

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)


def filled(opening: datetime.datetime, **changed: Any) -> dict[str, Any]:
    day = opening.astimezone(ZoneInfo("Asia/Seoul")).date().isoformat()
    first = {"alumni_hours": "48", "followers_hours": "24", "presale_seats": "3"}
    return {"opens_on": day, "opens_clock": "10:00", **first, **changed}


@pytest.fixture
def draft(cohort: Cohort, member: User) -> Cohort:
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=cohort.starts_on - 7 * DAY)
    return make_cohort(cohort.study, state="draft", opened_at=None)


def test_a_host_sets_it_and_sees_who_joins_when(draft: Cohort, host: User, opening: datetime.datetime) -> None:
    browser = english(host)
    assert "as soon as the cohort is open" in text(browser.get(studio("presale", draft)))
    assert browser.post(studio("presale", draft), filled(opening)).status_code == 302
    draft.refresh_from_db()
    assert (draft.opens_at, draft.alumni_hours, draft.followers_hours) == (opening, 48, 24)
    assert presale.windows(draft) == {"alumni": opening - 2 * DAY, "followers": opening - DAY}
    page = text(browser.get(studio("presale", draft)))
    assert "1 person" in page
    assert 'value="3"' in page
    assert "Who was here before can join first." in text(browser.get(studio("cohort", draft)))
    browser.post(studio("presale", draft), {"opens_clock": "10:00", "alumni_hours": "0", "followers_hours": "0"})
    draft.refresh_from_db()
    assert (draft.opens_at, draft.alumni_hours, draft.presale_seats) == (None, 0, None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"opens_on": ""}, "opens_on"),
        ({"opens_on": "2020-01-01"}, "opens_on"),
        ({"opens_on": "2099-01-01"}, "opens_on"),
        ({"alumni_hours": "0", "followers_hours": "0"}, "alumni_hours"),
        ({"alumni_hours": "5"}, "alumni_hours"),
        ({"presale_seats": "0"}, "presale_seats"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    draft: Cohort, host: User, opening: datetime.datetime, typed: dict[str, str], field: str
) -> None:
    answer = english(host).post(studio("presale", draft), filled(opening, **typed))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    draft.refresh_from_db()
    assert draft.opens_at is None


def test_what_people_were_told_is_not_taken_back(
    soon: Cohort, host: User, member: User, opening: datetime.datetime
) -> None:
    same = {"followers_hours": 24, "presale_seats": None}
    with time_machine.travel(opening - 3 * DAY):
        presales.set_for(host, soon, opens_at=opening, alumni_hours=12, **same)
        presales.set_for(host, soon, opens_at=opening, alumni_hours=48, **same)
    with time_machine.travel(opening - 30 * HOUR):
        for later in ({"opens_at": opening + 2 * DAY, "alumni_hours": 48}, {"opens_at": opening, "alumni_hours": 12}):
            with pytest.raises(Refused, match="Do not take it back"):
                presales.set_for(host, soon, **later, **same)
        presales.set_for(host, soon, opens_at=opening + HOUR, alumni_hours=49, **same)
        presales.set_for(host, soon, opens_at=opening - HOUR, alumni_hours=48, **same)
    with time_machine.travel(opening), pytest.raises(Refused, match="stays as it is"):
        presales.set_for(host, soon, opens_at=opening + DAY, alumni_hours=72, **same)


def test_a_plan_nobody_was_told_of_changes_freely(draft: Cohort, host: User, opening: datetime.datetime) -> None:
    with time_machine.travel(opening - 30 * HOUR):
        presales.set_for(host, draft, opens_at=opening, alumni_hours=48)
        presales.set_for(host, draft, opens_at=opening, alumni_hours=12)
    assert presale.windows(Cohort.objects.get(pk=draft.pk)) == {"alumni": opening - 12 * HOUR}


def test_who_can_join_already_may_be_joined_by_everybody(soon: Cohort, host: User, opening: datetime.datetime) -> None:
    with time_machine.travel(opening - 30 * HOUR):
        presales.set_for(host, soon, opens_at=None, alumni_hours=0, followers_hours=0, presale_seats=None)
        assert Cohort.objects.get(pk=soon.pk).is_on_sale


def test_an_open_cohort_everybody_can_join_has_no_opening_any_more(
    cohort: Cohort, host: User, opening: datetime.datetime
) -> None:
    browser = english(host)
    assert "This stays as it is." in text(browser.get(studio("presale", cohort)))
    assert browser.post(studio("presale", cohort), filled(opening)).status_code == 422


def test_joining_cannot_close_before_it_opens(soon: Cohort, host: User) -> None:
    answer = english(host).post(studio("cohort_edit", soon), plan(closes_on=at(2), price="150,000"))
    assert answer.context["form"].errors["closes_on"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Cohort.objects.filter(pk=soon.pk).update(closes_at=soon.opens_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Cohort.objects.filter(pk=soon.pk).update(opens_at=None)


def test_a_day_before_is_the_same_hour_on_the_wall(host: User) -> None:
    zone = ZoneInfo("America/New_York")
    opens = datetime.datetime(2027, 3, 14, 10, tzinfo=zone)  # the clocks go forward that night
    made = Cohort(zone=str(zone), opens_at=opens, alumni_hours=24)
    assert presale.windows(made)["alumni"].astimezone(zone).hour == 10


def test_the_next_run_opens_so_many_weeks_later(soon: Cohort, host: User, opening: datetime.datetime) -> None:
    Cohort.objects.filter(pk=soon.pk).update(presale_seats=3)
    copy = copies.run_again(host, soon)
    weeks, rest = divmod((copy.starts_on - soon.starts_on).days, 7)
    assert rest == 0
    assert copy.opens_at == opening + datetime.timedelta(weeks=weeks)
    assert (copy.alumni_hours, copy.followers_hours, copy.presale_seats) == (48, 24, 3)
    page = text(english(host).get(studio("copy", copy)))
    assert "Everybody can join from" in page
    assert "Members of earlier cohorts" in page


def test_a_plan_whose_opening_is_past_is_not_ready(draft: Cohort, host: User, opening: datetime.datetime) -> None:
    draft.study.for_whom = "누구나"
    draft.study.save()
    draft.sessions.all().delete()
    english(host).post(studio("presale", draft), filled(opening))
    with time_machine.travel(opening + HOUR):
        english(host).post(studio("cohort_open", draft))
        draft.refresh_from_db()
        assert draft.state == "draft"
        page = text(english(host).get(studio("cohort", draft)))
        assert "The moment everybody can join is still to come." in page


def test_nobody_else_sets_it(
    draft: Cohort, member: User, partner: User, stranger: User, other_host: User, opening: datetime.datetime
) -> None:
    shut_out(studio("presale", draft), [member, partner, stranger, other_host], filled(opening))
    draft.refresh_from_db()
    assert draft.opens_at is None
