"""Every letter about cohorts, read by somebody in Seoul and by somebody in London."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from cohorts import letters
from cohorts.models import Cohort, Partner
from studyplatform.mail.models import Letter
from tests.people import enroll, make_cohort, make_person, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["ko", "en"])
def reader(db: None, request: Any) -> Any:
    """A host, partner and member in one person, so that every letter reaches them."""
    zone = {"ko": "Asia/Seoul", "en": "Europe/London"}[request.param]
    return make_person("reader", "<b>Reader</b>", language=request.param, time_zone=zone)


@pytest.fixture
def theirs(reader: Any) -> Cohort:
    """A cohort the reader hosts and is a member of."""
    decided = timezone.now() + datetime.timedelta(days=9)
    made = make_cohort(make_study(reader, slug="walks", title="Walks & talks"), minimum=4, minimum_by=decided)
    enroll(reader, made, made.subgroups.first())
    return made


def moved(cohort: Cohort) -> None:
    session = cohort.sessions.first()
    session.moved_from = cohort.closes_at
    letters.session_moved(session, letters.people_of(session))


def cancelled(cohort: Cohort) -> None:
    session = cohort.sessions.first()
    letters.session_cancelled(session, letters.people_of(session))


def named(cohort: Cohort) -> None:
    from cohorts.services import partners

    group, reader = cohort.subgroups.last(), cohort.study.payee
    Partner.objects.create(person=reader, state="approved")
    partners.appoint(make_person("who-asks", "Ada & Co"), group, reader.email)


CAUSES: dict[str, Callable[[Cohort], Any]] = {
    "opened": lambda cohort: letters.opened(cohort, cohort.study.payee),
    "called-off": lambda cohort: letters.called_off(cohort, letters.people_in(cohort)),
    "fell-short": letters.fell_short,
    "minimum-soon": lambda cohort: letters.minimum_soon(cohort, 1),
    "partner-named": named,
    "session_moved": moved,
    "session_cancelled": cancelled,
}


@pytest.mark.parametrize("key", CAUSES)
def test_it_reads_well_wherever_it_is_read(theirs: Cohort, reader: Any, key: str) -> None:
    CAUSES[key](theirs)
    letter = Letter.objects.get(key__startswith=key, recipient=reader)
    assert letter.language == reader.language
    assert 10 < len(letter.subject) < 120
    for written in (letter.subject, letter.text, letter.html):
        assert not re.search(r"\{[{%]|%\(|None|\b0 %", written), written
    assert "Walks & talks" in letter.text
    assert "Walks & talks" not in letter.html
    assert "<b>Reader</b>" not in letter.html
    assert all(link.startswith("http://testserver/") for link in re.findall(r'href="([^"]+)"', letter.html)[1:])
    assert not re.search(r"\n\n\n| \n", letter.text)


@pytest.mark.parametrize("key", CAUSES)
def test_written_twice_it_is_one_letter(theirs: Cohort, reader: Any, key: str) -> None:
    CAUSES[key](theirs)
    if key != "partner-named":
        CAUSES[key](theirs)
    assert Letter.objects.filter(key__startswith=key, recipient=reader).count() == 1


def test_the_way_to_other_studies_is_in_the_readers_language(theirs: Cohort, reader: Any) -> None:
    letters.called_off(theirs, letters.people_in(theirs))
    assert ("/en/studies/" in Letter.objects.get(recipient=reader).text) is (reader.language == "en")


@pytest.mark.parametrize(("wording", "said"), [("study", ("cohort 1", "1기")), ("club", ("season 1", "시즌 1"))])
def test_it_calls_a_run_what_its_study_does(theirs: Cohort, reader: Any, wording: str, said: tuple[str, str]) -> None:
    theirs.study.wording = wording
    theirs.study.save()
    letters.called_off(theirs, letters.people_in(theirs))
    letter = Letter.objects.get(recipient=reader)
    for written in (letter.subject, letter.text, letter.html):
        assert any(words in written.lower() for words in said), written
        assert ("season" in written.lower() or "시즌" in written) is (wording == "club")
