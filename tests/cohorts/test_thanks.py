"""Thanks for a turn: who says them, where they stand, who is told, who takes them back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, Contribution, Presentation, Session, Thanks
from cohorts.services import contributions, presentations, thanks
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from studyplatform.mail.services import preferences
from tests.admin.desk import press
from tests.cohorts.meeting import at, first, group_session, page, queries, seat
from tests.people import enroll, make_person, sign_in

pytestmark = pytest.mark.django_db

WORDS = "까만 종이 하나로 석 달 묵은 봉투를 다 열었어요."


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def neighbour(cohort: Cohort) -> User:
    person = make_person("neighbour", "강미숙", language="en")
    enroll(person, cohort, cohort.subgroups.last())
    return person


def presented(person: User, session: Session) -> Presentation:
    """Let a person take a turn with a post out, in a session that is over."""
    turn = presentations.claim(person, session)
    presentations.make_ready(turn)
    at(session, -180)
    presentations.close(session)
    turn.refresh_from_db()
    assert turn.state == "done"
    return turn


@pytest.fixture
def turn(member: User, cohort: Cohort) -> Presentation:
    return presented(member, first(cohort))


def address(turn: Presentation, name: str = "thanks") -> str:
    return reverse(name, args=[*turn.session.address_parts, turn.position])


def say(person: User, turn: Presentation, words: str = WORDS) -> Any:
    return sign_in(person).post(address(turn), {"words": words})


def counted(turn: Presentation) -> int:
    return contributions.count(turn.enrollment, contributions.THANKS)


# ── Saying them ───────────────────────────────────────────────────────────────
def test_who_listened_thanks_and_the_cohort_reads_it(turn: Presentation, neighbour: User, member: User) -> None:
    session = turn.session
    before = page(sign_in(neighbour), session.get_absolute_url())
    assert "Thank 배소라" in before
    assert f'action="{address(turn)}"' in before
    answer = say(neighbour, turn)
    assert answer.headers["Location"] == f"{session.get_absolute_url()}#turn-{turn.position}"
    for person in (neighbour, member):
        shown = page(sign_in(person), session.get_absolute_url())
        assert 'class="thanks"' in shown
        assert WORDS in shown
        assert "강미숙" in shown
    after = page(sign_in(neighbour), session.get_absolute_url())
    assert "Thank 배소라" not in after  # once is enough
    assert f'action="{address(turn, "thanks_back")}"' in after
    assert address(turn, "thanks_back") not in page(sign_in(member), session.get_absolute_url())
    assert WORDS in page(sign_in(member), address(turn))


def test_it_is_counted_for_the_presenter_and_shown_at_home(turn: Presentation, neighbour: User, member: User) -> None:
    assert counted(turn) == 0
    assert WORDS not in page(sign_in(member), reverse("home"))
    say(neighbour, turn)
    row = Thanks.objects.get()
    assert counted(turn) == 1
    assert Contribution.objects.get(kind="thanks").key == f"thanks:{row.pk}"
    User.objects.filter(pk=member.pk).update(language="en")
    home = page(sign_in(member), reverse("home"))
    assert "1 person thanked you" in home
    assert WORDS in home
    assert f"{turn.session.get_absolute_url()}#turn-{turn.position}" in home
    assert WORDS not in page(sign_in(neighbour), reverse("home"))


def test_five_people_are_counted_and_three_are_shown(turn: Presentation, member: User, cohort: Cohort) -> None:
    for n, person in enumerate(seat(5, cohort)):
        thanks.give(person, turn, f"{n}번째로 고마워요. 잘 들었어요.")
    User.objects.filter(pk=member.pk).update(language="en")
    home = page(sign_in(member), reverse("home"))
    assert "5 people thanked you" in home
    assert home.count('class="thanks"') == 3
    shown = page(sign_in(member), turn.session.get_absolute_url())
    assert shown.count('class="thanks"') == 3
    assert "4번째로" in shown
    assert "0번째로" not in shown
    assert f'href="{address(turn)}"' in shown
    assert "0번째로" in page(sign_in(member), address(turn))


def test_own_thanks_stand_under_the_turn_however_many_came_later(
    turn: Presentation, neighbour: User, cohort: Cohort
) -> None:
    say(neighbour, turn)
    for person in seat(4, cohort):
        thanks.give(person, turn, "잘 들었어요. 고마워요.")
    shown = page(sign_in(neighbour), turn.session.get_absolute_url())
    assert shown.count('class="thanks"') == 4
    assert WORDS in shown


def test_the_partner_and_the_host_were_there_too(turn: Presentation, partner: User, host: User) -> None:
    assert say(partner, turn, "다음 모임에서도 들려주세요.").status_code == 302
    assert say(host, turn, "이 기수의 첫 발표였어요.").status_code == 302
    assert counted(turn) == 2


def test_not_by_strangers_nor_by_other_subgroups(
    member: User, stranger: User, other_host: User, neighbour: User, partner: User, cohort: Cohort
) -> None:
    inside = presented(member, group_session(cohort, cohort.subgroups.first()))
    assert say(stranger, inside).status_code == 403
    assert say(other_host, inside).status_code == 403
    assert say(neighbour, inside).status_code == 404  # another subgroup's session
    for person in (stranger, neighbour):
        with pytest.raises(Refused):
            thanks.give(person, inside, WORDS)
    assert not Thanks.objects.exists()
    assert say(partner, inside).status_code == 302
    assert Client().post(address(inside), {"words": WORDS}).headers["Location"].startswith(reverse("account_login"))


def test_not_to_oneself(turn: Presentation, member: User) -> None:
    assert "Thank 배소라" not in page(sign_in(member), turn.session.get_absolute_url())
    assert "<textarea" not in page(sign_in(member), address(turn))
    assert say(member, turn).status_code == 422
    assert counted(turn) == 0


def test_not_before_it_was_presented(member: User, neighbour: User, cohort: Cohort) -> None:
    turn = presentations.claim(member, first(cohort))
    for _state in ("claimed", "ready"):
        assert say(neighbour, turn).status_code == 404
        assert "Thank 배소라" not in page(sign_in(neighbour), turn.session.get_absolute_url())
        with pytest.raises(Refused) as refusal:
            thanks.give(neighbour, turn, WORDS)
        assert refusal.value.code == "not_presented"
        presentations.make_ready(turn)
    Presentation.objects.filter(pk=turn.pk).update(state="missed")
    assert say(neighbour, turn).status_code == 404
    Presentation.objects.filter(pk=turn.pk).update(state="live")
    assert say(neighbour, turn).status_code == 302


def test_once_for_a_turn(turn: Presentation, neighbour: User) -> None:
    assert say(neighbour, turn).status_code == 302
    assert say(neighbour, turn).status_code == 302  # the same again, as a second press sends it
    again = say(neighbour, turn, "한 번 더 고마워요, 정말로요.")
    assert again.status_code == 422
    assert "You have thanked for this turn already." in again.content.decode()
    assert Thanks.objects.count() == counted(turn) == 1


@pytest.mark.parametrize("words", ["", "고마워요", "         \n       ", "가" * 301])
def test_a_sentence_has_ten_to_three_hundred_letters(turn: Presentation, neighbour: User, words: str) -> None:
    answer = say(neighbour, turn, words)
    assert answer.status_code == 422
    assert 'id="id_words_error"' in answer.content.decode()
    assert words.strip() in answer.content.decode()  # what was typed is kept
    assert not Thanks.objects.exists()
    assert say(neighbour, turn, "가" * 300).status_code == 302


def test_hostile_words_stay_words(turn: Presentation, neighbour: User, member: User) -> None:
    say(neighbour, turn, "<script>alert(1)</script>\n<b>고마워요</b>")
    for where in (turn.session.get_absolute_url(), address(turn), reverse("home")):
        shown = page(sign_in(member), where)
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;" in shown
        assert "<script>alert(1)" not in shown
    assert "<script>alert" not in Letter.objects.get(kind="thanks").html


@pytest.mark.django_db(transaction=True)
def test_the_same_thanks_sent_twice_at_once_are_given_once(turn: Presentation, neighbour: User) -> None:
    browsers = [sign_in(neighbour) for _ in range(4)]

    def press_it(browser: Client) -> int:
        try:
            return browser.post(address(turn), {"words": WORDS}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press_it, browsers)) == [302] * 4
    assert Thanks.objects.count() == counted(turn) == Letter.objects.filter(kind="thanks").count() == 1


# ── Letters ───────────────────────────────────────────────────────────────────
def test_the_presenter_gets_a_letter_unless_they_stopped_them(
    turn: Presentation, neighbour: User, partner: User, member: User, settings: Any
) -> None:
    say(neighbour, turn)
    letter = Letter.objects.get(kind="thanks")
    assert letter.recipient == member
    assert WORDS in letter.text
    assert f"{settings.SITE_URL}{address(turn)}" in letter.text
    assert "강미숙" in letter.subject
    assert "Thanks for my turns" in page(sign_in(neighbour), reverse("letters"))
    preferences.choose(member, "thanks", False)
    say(partner, turn)
    assert Letter.objects.filter(kind="thanks").count() == 1
    assert counted(turn) == 2


# ── Taking them back ──────────────────────────────────────────────────────────
def test_the_giver_takes_them_back_and_nobody_sees_them(
    turn: Presentation, neighbour: User, member: User, partner: User
) -> None:
    say(neighbour, turn)
    for person in (member, partner):
        assert sign_in(person).post(address(turn, "thanks_back")).status_code == 404
    with pytest.raises(Refused):
        thanks.take_back(member, Thanks.objects.get())
    assert counted(turn) == 1
    assert sign_in(neighbour).post(address(turn, "thanks_back")).status_code == 302
    assert counted(turn) == 0
    assert Letter.objects.get(kind="thanks").withdrawn_at
    for where in (turn.session.get_absolute_url(), address(turn), reverse("home")):
        assert WORDS not in page(sign_in(member), where)
    assert "Thank 배소라" in page(sign_in(neighbour), turn.session.get_absolute_url())


def test_they_may_be_put_otherwise_but_not_for_ever(turn: Presentation, neighbour: User) -> None:
    for n in range(3):
        assert say(neighbour, turn, f"{n}번째로 다시 써 봐요, 고마워요.").status_code == 302
        sign_in(neighbour).post(address(turn, "thanks_back"))
    assert say(neighbour, turn).status_code == 422
    assert Thanks.objects.filter(taken_back_at=None).count() == counted(turn) == 0


def test_the_desk_takes_out_of_sight_with_a_reason(turn: Presentation, neighbour: User, admin: User) -> None:
    say(neighbour, turn)
    row = Thanks.objects.get()
    press(sign_in(admin), "cohorts.thanks", "take_back", row, apply="1", note="욕이에요")
    row.refresh_from_db()
    assert row.taken_back_at
    assert counted(turn) == 0
    change = Change.objects.filter(subject_type="cohorts.thanks", subject_id=str(row.pk)).order_by("pk").last()
    assert change is not None
    assert (change.actor, change.note) == (admin, "욕이에요")


def test_the_pages_ask_no_more_when_there_are_more(turn: Presentation, neighbour: User, cohort: Cohort) -> None:
    say(neighbour, turn)
    browser, pages = sign_in(neighbour), (turn.session.get_absolute_url(), address(turn))
    few = [queries(browser, where) for where in pages]
    for person in seat(6, cohort):
        thanks.give(person, turn, "잘 들었어요. 고마워요.")
    assert [queries(browser, where) for where in pages] == few
