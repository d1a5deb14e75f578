"""Publishing makes the turn ready and counts; taking back reverses both."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohorts.models import Cohort, Presentation
from cohorts.services import contributions
from showcase.models import CaseStudy
from showcase.services import case_studies
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Change
from tests.people import enroll, make_person, sign_in
from tests.showcase.make import content, place, post, turn

pytestmark = pytest.mark.django_db


def count(member: User, cohort: Cohort) -> int:
    return contributions.count(place(member, cohort), "post")


def test_publishing_makes_the_turn_ready_and_the_count_grow(member: User, cohort: Cohort) -> None:
    own, mine = turn(member, cohort), place(member, cohort)
    row = post(member, out=False, enrollment_id=mine.pk, presentation_id=own.pk)
    assert count(member, cohort) == 0
    case_studies.publish(row, member)
    own.refresh_from_db()
    row.refresh_from_db()
    assert (own.state, count(member, cohort), row.state) == ("ready", 1, "published")
    assert Change.objects.filter(subject_type="showcase.casestudy", to_state="published", actor=member).count() == 1
    case_studies.publish(row, member)
    assert count(member, cohort) == 1


def test_taking_back_reverses_it_and_publishing_again_keeps_the_date(member: User, cohort: Cohort) -> None:
    own, mine = turn(member, cohort), place(member, cohort)
    row = post(member, enrollment_id=mine.pk, presentation_id=own.pk)
    first_out = row.published_at
    case_studies.unpublish(row, member)
    own.refresh_from_db()
    assert (own.state, count(member, cohort)) == ("claimed", 0)
    row = case_studies.publish(row, member)
    own.refresh_from_db()
    assert (own.state, count(member, cohort), row.published_at) == ("ready", 1, first_out)
    case_studies.remove(row, member)
    own.refresh_from_db()
    assert (own.state, count(member, cohort)) == ("claimed", 0)


def test_a_post_for_the_cohort_only_counts_too(member: User, cohort: Cohort) -> None:
    post(member, visibility="cohort", enrollment_id=place(member, cohort).pk)
    assert count(member, cohort) == 1
    with pytest.raises(Refused):
        post(member, visibility="cohort")


def test_moving_a_post_to_another_turn_moves_what_it_made_ready(member: User, cohort: Cohort) -> None:
    first, mine = turn(member, cohort), place(member, cohort)
    second = Presentation.objects.create(session=cohort.sessions.last(), enrollment=mine, position=1)
    row = post(member, enrollment_id=mine.pk, presentation_id=first.pk)
    case_studies.save(row, content(enrollment_id=mine.pk, presentation_id=second.pk), version=row.version)
    case_studies.update(row, member)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, count(member, cohort)) == ("claimed", "ready", 1)


def test_a_turn_has_one_post(member: User, cohort: Cohort) -> None:
    own, mine = turn(member, cohort), place(member, cohort)
    post(member, out=False, enrollment_id=mine.pk, presentation_id=own.pk)
    other = post(member, out=False)
    with pytest.raises(Refused):
        case_studies.save(other, content(enrollment_id=mine.pk, presentation_id=own.pk), version=1)
    with pytest.raises(Refused):
        post(member, enrollment_id=mine.pk, presentation_id=own.pk)


def test_an_incomplete_post_does_not_go_out(member: User) -> None:
    for missing in ("title", "html"):
        with pytest.raises(Refused) as refused:
            post(member, **{missing: " "})
        assert refused.value.field == missing


def test_a_hidden_post_is_not_shown_again_by_its_author(member: User, admin: User) -> None:
    row = case_studies.hide(post(member), admin)
    assert Client().get(row.get_absolute_url()).status_code == 404
    with pytest.raises(Refused):
        case_studies.publish(row, member)
    assert case_studies.publish(row, admin).state == "published"


def test_what_is_stored_is_sanitised_however_it_comes(member: User) -> None:
    hostile = '<p hx-get="/studio/" onclick="x()">글</p><script>alert(1)</script><img src="https://e.example/x.png">'
    row = post(member, html=hostile)
    assert row.html == "<p>글</p>"
    case_studies.save(row, content(html=hostile + "<p>둘</p>"), version=row.version)
    row.refresh_from_db()
    assert row.pending["html"] == "<p>글</p><p>둘</p>"


def test_the_cohort_reads_what_is_for_it_and_nobody_else(
    member: User, cohort: Cohort, stranger: User, host: User
) -> None:
    row = post(member, visibility="cohort", enrollment_id=place(member, cohort).pk)
    friend = make_person("friend", "강미숙")
    enroll(friend, cohort)
    address = row.get_absolute_url()
    assert address == f"/c/ai-at-work/1/cases/{row.public_id}/"
    for reader, status in ((friend, 200), (host, 200), (member, 200), (stranger, 403)):
        assert sign_in(reader).get(address).status_code == status, reader
        assert (row.title in sign_in(reader).get("/c/ai-at-work/1/cases/").content.decode()) == (status == 200)
    for outside in (f"/showcase/{row.public_id}/", f"/showcase/{row.public_id}-{row.slug}/"):
        assert sign_in(member).get(outside).status_code == 404
    assert Client().get(address).status_code == 302


def test_my_posts_shows_mine(member: User, stranger: User) -> None:
    post(member, out=False, title="아직 쓰는 글")
    post(member)
    assert "아직 쓰는 글" in sign_in(member).get("/home/posts/").content.decode()
    assert "아직 쓰는 글" not in sign_in(stranger).get("/home/posts/").content.decode()
    assert CaseStudy.objects.count() == 2


def test_members_pages_cost_the_same_at_any_number(member: User, cohort: Cohort) -> None:
    browser, mine = sign_in(member), place(member, cohort)
    post(member, enrollment_id=mine.pk)

    def costs() -> list[int]:
        counts = []
        for address in (
            "/home/posts/",
            "/c/ai-at-work/1/cases/",
            f"/showcase/{CaseStudy.objects.first().public_id}/edit/",
        ):
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(address).status_code == 200
            counts.append(len(seen))
        return counts

    before = costs()
    for number in range(8):
        post(member, enrollment_id=mine.pk, title=f"글 {number}", out=number % 2 == 0)
    assert costs() == before
    assert max(before) <= 16
