"""Times as people write them, in their language and zone."""

import datetime

import pytest
import time_machine
from django.utils import timezone, translation

from studyplatform.kit import moments

UTC = datetime.UTC
EVENING = datetime.datetime(2027, 3, 9, 11, 0, tzinfo=UTC)  # 20:00 in Seoul, a Tuesday


@pytest.fixture(autouse=True)
def _this_year():
    with time_machine.travel(datetime.datetime(2027, 1, 15, tzinfo=UTC), tick=False):
        yield


@pytest.mark.parametrize(
    ("language", "zone", "words"),
    [
        ("ko", "Asia/Seoul", "3월 9일(화) 20:00"),
        ("en", "Asia/Seoul", "Tue 9 Mar, 20:00"),
        ("ko", "America/Los_Angeles", "3월 9일(화) 03:00"),
        ("en", "Pacific/Auckland", "Wed 10 Mar, 00:00"),
    ],
)
def test_a_moment(language, zone, words):
    with translation.override(language):
        assert moments.moment(EVENING, zone) == words


@pytest.mark.parametrize(
    ("language", "this", "other"),
    [("ko", "3월 9일(화)", "2028년 3월 9일(목)"), ("en", "Tue 9 Mar", "Thu 9 Mar 2028")],
)
def test_the_year_stands_only_when_it_is_another(language, this, other):
    with translation.override(language):
        assert moments.day(EVENING, "Asia/Seoul") == this
        assert moments.day(EVENING.replace(year=2028), "Asia/Seoul") == other
        assert moments.day(datetime.date(2028, 3, 9)) == other


@pytest.mark.parametrize(("language", "words"), [("ko", "2027년 3월 9일"), ("en", "9 March 2027")])
def test_what_is_read_years_later_carries_its_year(language, words):
    with translation.override(language):
        assert moments.long_day(EVENING) == words


def test_the_year_is_that_of_the_zone_not_of_utc():
    last_night = datetime.datetime(2027, 12, 31, 16, 0, tzinfo=UTC)  # already 2028 in Seoul
    with translation.override("en"):
        assert moments.day(last_night, "Asia/Seoul") == "Sat 1 Jan 2028"
        assert moments.day(last_night, "Europe/London") == "Fri 31 Dec"


@pytest.mark.parametrize(("language", "day", "zone"), [("ko", "화요일", "서울 시간"), ("en", "Tuesday", "Seoul time")])
def test_weekdays_and_zones_have_names(language, day, zone):
    with translation.override(language):
        assert moments.weekday(EVENING, "Asia/Seoul") == day
        assert moments.zone_name("Asia/Seoul") == zone


@pytest.mark.parametrize(
    ("zone", "korean", "english"),
    [
        ("Asia/Kolkata", "콜카타 시간", "Kolkata time"),
        ("Asia/Kathmandu", "카트만두 시간", "Kathmandu time"),
        ("Europe/Kyiv", "키예프 시간", "Kyiv time"),
        ("America/Los_Angeles", "로스앤젤레스 시간", "Los Angeles time"),
        ("UTC", "UTC", "UTC"),
    ],
)
def test_zones_renamed_since_and_utc_have_names_too(zone, korean, english):
    for language, name in (("ko", korean), ("en", english)):
        with translation.override(language):
            assert moments.zone_name(zone) == name


def test_without_a_zone_it_is_the_readers_clock():
    with timezone.override("Europe/Berlin"):
        assert moments.clock(EVENING) == "12:00"
    with timezone.override("Asia/Seoul"):
        assert moments.clock(EVENING) == "20:00"


def test_a_weekly_hour_in_berlin_is_another_in_utc_after_the_clocks_change():
    before = datetime.datetime(2027, 3, 23, 19, 0, tzinfo=UTC)
    after = datetime.datetime(2027, 3, 30, 18, 0, tzinfo=UTC)
    assert moments.clock(before, "Europe/Berlin") == moments.clock(after, "Europe/Berlin") == "20:00"
