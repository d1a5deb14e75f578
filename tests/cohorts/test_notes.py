"""A warm note to a quiet member, by letter, once in a week; and what a partner or host keeps for themselves."""

import datetime
import re

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from psycopg2.extras import DateTimeTZRange

from cohorts.models import Cohort, Enrollment, Nudge, PartnerNote, Session
from cohorts.services import contributions, presentations
from studyplatform.mail.models import Letter
from studyplatform.mail.services import preferences
from tests.browser.walk import let_work
from tests.cohorts.hosting import english, shut_out, studio, text
from tests.cohorts.meeting import first, group_session, page, queries, seat
from tests.people import enroll, lead, make_person, sign_in

pytestmark = pytest.mark.django_db

DESK = "/partner/"


@pytest.fixture
def place(member) -> Enrollment:
    return Enrollment.objects.get(person=member)


@pytest.fixture
def met(cohort, member) -> Cohort:
    """The cohort, once everybody has met for the first time."""
    Session.objects.filter(pk=first(cohort).pk).update(starts_at=timezone.now() - datetime.timedelta(days=1))
    return cohort


def address(place, what="") -> str:
    return f"/members/{place.public_id}/{what}"


def send(person, place, words="잘 지내요?", **more):
    return sign_in(person).post(address(place, "nudge/"), {"words": words, **more}, follow=True)


def test_nobody_is_quiet_before_the_first_session(partner, member, cohort):
    assert "has been quiet" not in page(english(partner), DESK)


def test_a_quiet_member_has_a_note_ready_in_their_language(partner, met, place, stranger):
    session = group_session(met, met.subgroups.first())
    text = page(english(partner), DESK)
    assert "1 member has been quiet" in text
    assert 'lang="ko" required>배소라 님' in text
    assert session.get_absolute_url() in text
    place.person.language = "en"
    place.person.save()
    assert "배소라, I would like to hear what you are working on. Would you show something on" in page(
        english(partner), DESK
    )


@pytest.mark.parametrize("gave", ["post", "turn"])
def test_who_wrote_or_takes_a_turn_is_not_quiet(partner, met, place, gave):
    if gave == "post":
        contributions.add(place, contributions.POST, "post:abc")
    else:
        presentations.claim(place.person, met.sessions.last())
    assert "has been quiet" not in page(english(partner), DESK)


def test_a_subgroup_that_has_not_met_counts_once_everybody_has(partner, met, place):
    Session.objects.filter(cohort=met, subgroup=None).update(starts_at=timezone.now() + datetime.timedelta(days=3))
    assert "has been quiet" not in page(english(partner), DESK)
    group_session(met, met.subgroups.first(), starts_at=timezone.now() - datetime.timedelta(days=2))
    assert "1 member has been quiet" in page(english(partner), DESK)


def test_two_notes_stand_open_and_the_others_wait_behind_a_line(partner, met, place):
    seat(4, met, met.subgroups.first())
    text = page(english(partner), DESK)
    assert "5 members have been quiet" in text
    assert text.index("3 more") > text.index('name="words"')
    assert text.count('name="words"') == 5


def test_the_note_is_a_letter_from_the_partner_that_really_leaves(partner, met, place, mailoutbox):
    answer = send(partner, place, "요즘 뭐 하세요?\n<b>들려주세요</b>", next=DESK)
    assert answer.redirect_chain[-1][0] == DESK
    letter = Letter.objects.get(kind="nudge")
    assert (letter.recipient, letter.subject) == (place.person, "한상우 님이 쪽지를 보냈어요")
    assert "요즘 뭐 하세요?" in letter.text
    assert "<b>들려" not in letter.html
    let_work("mail.drain_letters")
    sent = next(mail for mail in mailoutbox if mail.to == [place.person.email])
    assert partner.email not in str(sent.message())
    assert not sent.reply_to


def test_one_in_a_week_whoever_sends_it(partner, host, met, place):
    send(partner, place)
    answer = sign_in(host).post(address(place, "nudge/"), {"words": "저도요"})
    assert answer.status_code == 422
    assert Nudge.objects.count() == Letter.objects.filter(kind="nudge").count() == 1
    for person in (partner, host):
        text = page(english(person), address(place))
        assert "한상우 sent a note today." in text
        assert "잘 지내요?" in text
        assert "Send the note" not in text
    assert "한상우 sent a note today." in page(english(partner), DESK)
    assert "한상우 sent a note today." in page(english(host), "/studio/ai-at-work/cohorts/1/people/")
    with time_machine.travel(timezone.now() + datetime.timedelta(days=7, minutes=1)):
        send(host, place, "한 주가 지났네요")
    assert Nudge.objects.count() == 2


def test_the_database_too_lets_no_second_note_into_the_week(partner, met, place):
    send(partner, place)
    now = timezone.now()
    rests = DateTimeTZRange(now, now + datetime.timedelta(days=7))
    with pytest.raises(IntegrityError, match="nudge_rests"), transaction.atomic():
        Nudge.objects.create(enrollment=place, sender=partner, words="또", rests=rests)


def test_who_wants_no_such_letters_gets_none_and_the_sender_is_told(partner, met, place):
    preferences.choose(place.person, "nudge", False)
    partner.language = "en"
    partner.save()
    answer = sign_in(partner).post(address(place, "nudge/"), {"words": "잘 지내요?"})
    assert answer.status_code == 422
    assert "does not want notes by letter" in text(answer)
    assert "잘 지내요?</textarea>" in text(answer)
    assert not Nudge.objects.exists()


def test_a_refused_note_leaves_what_one_keeps_for_oneself(partner, met, place):
    browser = english(partner)
    browser.post(address(place, "note/"), {"words": "지난주에 아팠대요"})
    for answer in (browser.post(address(place, "nudge/"), {"words": " "}), browser.get(address(place))):
        assert "지난주에 아팠대요</textarea>" in text(answer)
        assert len(set(re.findall(r'<textarea[^>]* id="([^"]+)"', text(answer)))) == 2
    long = browser.post(address(place, "note/"), {"words": "가" * 2001})
    assert long.status_code == 422
    assert "배소라 님" in text(long)


@pytest.mark.parametrize(("words", "state"), [("  ", "open"), ("네", "finished")])
def test_empty_words_and_cohorts_that_are_over_send_nothing(partner, host, met, place, words, state):
    Cohort.objects.update(state=state)
    assert sign_in(host).post(address(place, "nudge/"), {"words": words}).status_code == 422
    assert not Nudge.objects.exists()


def test_a_note_for_oneself_is_kept_changed_and_forgotten(partner, member, place):
    browser = english(partner)
    browser.post(address(place, "note/"), {"words": "지난주에 아팠대요"})
    browser.post(address(place, "note/"), {"words": "다음 주에 물어보기"})
    assert PartnerNote.objects.get().words == "다음 주에 물어보기"
    assert "다음 주에 물어보기" in page(browser, address(place))
    browser.post(address(place, "note/"), {"words": " "})
    assert not PartnerNote.objects.exists()


def test_it_leads_a_host_back_to_the_roster_and_a_partner_to_their_desk(partner, host, place, cohort):
    roster = studio("people", cohort)
    assert roster in page(english(host), address(place))
    led = page(english(partner), address(place))
    assert roster not in led
    assert f'<a href="{DESK}">Partner desk</a>' in led


def test_notes_are_read_by_their_author_and_the_host_and_nobody_else(partner, host, other_host, member, place, cohort):
    english(partner).post(address(place, "note/"), {"words": "비밀이에요"})
    later, neighbour = make_person("later", "새 파트너"), make_person("neighbour", "이웃 파트너")
    lead(neighbour, cohort.subgroups.last())
    assert "비밀이에요" in page(english(host), address(place))
    english(host).post(address(place, "note/"), {"words": "주최자만"})
    assert "주최자만" not in page(english(partner), address(place))
    for what in ("", "nudge/", "note/"):
        shut_out(address(place, what), [other_host, neighbour, member, later], {"words": "x"}, get=not what)
    cohort.subgroups.first().leaderships.all().delete()
    lead(later, cohort.subgroups.first())
    assert "비밀이에요" not in page(english(later), address(place))
    page(sign_in(partner), address(place), status=404)
    for where in ("/home/", "/c/ai-at-work/1/", "/c/ai-at-work/1/people/"):
        assert "비밀이에요" not in page(sign_in(member), where)


def test_a_partner_who_sits_at_their_own_table_does_not_look_after_themselves(partner, cohort, member):
    own = enroll(partner, cohort, cohort.subgroups.first())
    page(sign_in(partner), address(own), status=404)


def test_the_desk_asks_the_same_of_any_number_of_quiet_members(partner, met, place):
    browser = english(partner)
    queries(browser, DESK)
    few = queries(browser, DESK)
    seat(8, met, met.subgroups.first())
    send(partner, place)
    assert queries(browser, DESK) == few
