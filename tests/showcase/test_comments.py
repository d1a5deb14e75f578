"""Comments under posts: who writes them, what stands on the page, who is told, who takes them away."""

import datetime
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort
from showcase.models import CaseStudy, Comment
from showcase.services import case_studies, comments
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from studyplatform.mail.services import preferences
from tests.admin.desk import press
from tests.people import enroll, make_person, sign_in
from tests.showcase.make import place, post

pytestmark = pytest.mark.django_db

WORDS = "감열지 영수증은 벌써 흐려졌는데 그것도 읽히던가요?"


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def case(member: User, cohort: Cohort) -> CaseStudy:
    return post(member, enrollment_id=place(member, cohort).pk)


@pytest.fixture
def inside(member: User, cohort: Cohort) -> CaseStudy:
    return post(member, enrollment_id=place(member, cohort).pk, visibility="cohort", title="우리끼리")


@pytest.fixture
def said(case: CaseStudy, stranger: User) -> Comment:
    return comments.write(stranger, case, WORDS)


def talk_of(case: CaseStudy) -> str:
    return reverse("comments", args=[case.public_id])


def send(person: User, case: CaseStudy, text: str = WORDS, answer: str = "") -> Any:
    return sign_in(person).post(talk_of(case) + (f"?answer={answer}" if answer else ""), {"text": text})


def remove(person: User, row: Comment) -> Any:
    return sign_in(person).post(reverse("comment_remove", args=[row.case_study.public_id, row.public_id]))


def read(address: str, person: User | None = None) -> str:
    """Return a page as it is made now; that kept pages follow is tested below."""
    cache.clear()
    response = (sign_in(person) if person else Client()).get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def told(person: User) -> list[tuple[str, str]]:
    rows = Letter.objects.filter(recipient=person, kind__in=("comment", "answer"), withdrawn_at=None)
    return list(rows.order_by("pk").values_list("kind", "key"))


# ── Writing ───────────────────────────────────────────────────────────────────
def test_a_reader_writes_under_a_public_post_and_everybody_reads_it(case: CaseStudy, stranger: User) -> None:
    assert WORDS not in read(case.get_absolute_url())
    answer = send(stranger, case)
    row = Comment.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{talk_of(case)}?comment={row.public_id}#comment-{row.public_id}"
    page = read(case.get_absolute_url())
    assert WORDS in page
    assert "Daniel Cho" in page
    assert f'id="comment-{row.public_id}"' in page
    assert re.search(r'<time[^>]+datetime="\d{4}-\d\d-\d\dT[^"]+">', page)
    assert "댓글 1개" in page
    assert WORDS in read(talk_of(case))


def test_a_visitor_is_sent_to_sign_in_and_back(case: CaseStudy) -> None:
    answer = Client().post(talk_of(case), {"text": WORDS})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{reverse('account_login')}?next={talk_of(case)}"
    assert not Comment.objects.exists()
    assert f"{reverse('account_login')}?next={talk_of(case)}%23write" in read(case.get_absolute_url())
    assert "<textarea" not in read(talk_of(case))


def test_a_person_without_a_confirmed_address_is_asked_to_confirm(case: CaseStudy, stranger: User) -> None:
    EmailAddress.objects.filter(user=stranger).update(verified=False)
    answer = send(stranger, case)
    assert answer.status_code == 422
    assert "Confirm your e-mail address first" in answer.content.decode()
    assert WORDS in answer.content.decode()  # what was typed is kept
    EmailAddress.objects.filter(user=stranger).update(verified=True)
    assert send(stranger, case).status_code == 302


def test_a_cohorts_post_is_talked_about_by_its_cohort_alone(
    inside: CaseStudy, cohort: Cohort, stranger: User, partner: User, host: User
) -> None:
    neighbour = make_person("neighbour", "문혜진")
    enroll(neighbour, cohort)
    for person in (neighbour, partner, host):
        assert send(person, inside, f"{person.name}의 말").status_code == 302
    assert send(stranger, inside).status_code == 404
    assert sign_in(stranger).get(talk_of(inside)).status_code == 404
    assert Client().get(talk_of(inside)).headers["Location"].startswith(reverse("account_login"))
    page = read(inside.get_absolute_url(), neighbour)
    assert "문혜진의 말" in page
    assert "<textarea" in page
    assert reverse("comment_remove", args=[inside.public_id, Comment.objects.first().public_id]) in page


@pytest.mark.parametrize("text", ["", "   \r\n ", "\u200b\u200b"])
def test_nothing_is_refused_beside_the_field(case: CaseStudy, stranger: User, text: str) -> None:
    answer = send(stranger, case, text)
    assert answer.status_code == 422
    assert 'id="id_text_error"' in answer.content.decode()
    assert "Write a word or two first." in answer.content.decode()
    assert not Comment.objects.exists()


def test_two_thousand_letters_fit_and_one_more_does_not(case: CaseStudy, stranger: User) -> None:
    lines = "가\r\n" * 999 + "나" * 2
    assert send(stranger, case, lines).status_code == 302  # a line's end is one letter, as browsers count
    answer = send(stranger, case, "가" * 2001)
    assert answer.status_code == 422
    assert "At most 2000 characters. Yours has 2001." in answer.content.decode()
    assert "가" * 2001 in answer.content.decode()


def test_hostile_words_stay_words(case: CaseStudy, stranger: User) -> None:
    send(stranger, case, '<script>alert(1)</script> <p onclick="x">\n\n</script> javascript:alert(2) {{ 7|add:7 }}')
    for page in (read(case.get_absolute_url()), read(talk_of(case)), read(talk_of(case), case.author)):
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page
        assert "<p onclick" not in page
        assert 'href="javascript' not in page.lower()
        assert "{{ 7|add:7 }}" in page
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', read(case.get_absolute_url()))
    assert json.loads(blocks[0])["comment"][0]["text"].startswith("<script>alert(1)</script>")


def test_links_lend_nobody_our_standing_and_paragraphs_are_kept(case: CaseStudy, stranger: User) -> None:
    send(stranger, case, "여기요: https://example.com/a?b=1&c=2.\n\n둘째 문단\n셋째 줄")
    page = read(case.get_absolute_url())
    assert (
        '<a href="https://example.com/a?b=1&amp;c=2" rel="ugc nofollow noopener">https://example.com/a?b=1&amp;c=2</a>.'
        in page
    )
    assert "<p>둘째 문단<br>셋째 줄</p>" in page


@pytest.mark.usefixtures("still_clock")
def test_too_many_in_a_minute_are_asked_to_wait(case: CaseStudy, stranger: User) -> None:
    browser = sign_in(stranger)
    answers = [browser.post(talk_of(case), {"text": f"말 {n}"}).status_code for n in range(11)]
    assert answers == [302] * 10 + [429]
    assert Comment.objects.count() == 10
    assert send(case.author, case).status_code == 302  # only who wrote so many


def test_the_same_words_within_a_minute_are_written_once(case: CaseStudy, stranger: User) -> None:
    assert send(stranger, case).headers["Location"] == send(stranger, case).headers["Location"]
    assert Comment.objects.count() == 1
    assert send(case.author, case).status_code == 302  # another person's same words
    assert Comment.objects.count() == 2
    Comment.objects.update(at=timezone.now() - datetime.timedelta(minutes=2))
    send(stranger, case)
    assert Comment.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_comment_sent_twice_at_once_is_written_once(case: CaseStudy, stranger: User) -> None:
    browsers = [sign_in(stranger) for _ in range(4)]

    def press(browser: Client) -> int:
        try:
            return browser.post(talk_of(case), {"text": WORDS}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press, browsers)) == [302] * 4
    assert Comment.objects.count() == 1
    assert told(case.author) == [("comment", f"comment:{Comment.objects.get().pk}")]


# ── Answering ─────────────────────────────────────────────────────────────────
def test_answers_stand_one_level_under_what_they_answer(said: Comment, case: CaseStudy, stranger: User) -> None:
    assert f"{talk_of(case)}?answer={said.public_id}#write" in read(case.get_absolute_url())
    form = read(f"{talk_of(case)}?answer={said.public_id}", case.author)
    assert f'action="{talk_of(case)}?answer={said.public_id}"' in form
    send(case.author, case, "반쯤 흐린 건 읽혔어요.", said.public_id)
    first = Comment.objects.get(answers=said)
    send(stranger, case, "고마워요, 해 볼게요.", first.public_id)
    assert set(said.answered_by.values_list("text", flat=True)) == {"반쯤 흐린 건 읽혔어요.", "고마워요, 해 볼게요."}
    page = read(case.get_absolute_url()).partition('id="comments"')[2]
    assert page.index(WORDS) < page.index("반쯤 흐린 건") < page.index("고마워요, 해 볼게요.")
    assert "댓글 3개" in page
    assert "글쓴이<" in page  # who answers is the author of the post


def test_what_is_gone_cannot_be_answered(said: Comment, case: CaseStudy, stranger: User) -> None:
    elsewhere = post(stranger)
    assert send(stranger, elsewhere, "다른 글에서", said.public_id).status_code == 422
    with pytest.raises(Refused):
        comments.write(stranger, elsewhere, "다른 글에서", answers=said)
    remove(stranger, said)
    answer = send(case.author, case, "답이에요", said.public_id)
    assert answer.status_code == 422
    assert "답이에요" in answer.content.decode()
    assert Comment.objects.count() == 1


# ── Letters ───────────────────────────────────────────────────────────────────
def test_the_author_is_told_and_who_was_answered(case: CaseStudy, stranger: User, settings: Any) -> None:
    send(stranger, case)
    first = Comment.objects.get()
    assert told(case.author) == [("comment", f"comment:{first.pk}")]
    assert told(stranger) == []
    send(case.author, case, "읽혔어요.", first.public_id)
    second = Comment.objects.get(answers=first)
    assert told(stranger) == [("answer", f"answer:{second.pk}")]
    assert len(told(case.author)) == 1  # nobody is told of their own words
    letter = Letter.objects.get(recipient=stranger, kind="answer")
    assert letter.subject.startswith("배소라 answered you under")  # the reader's language
    assert f"{settings.SITE_URL}{second.get_absolute_url()}" in letter.text
    assert "읽혔어요." in letter.text
    assert second.anchor in read(second.get_absolute_url().partition("#")[0])


def test_one_letter_when_the_author_is_answered_and_none_when_stopped(case: CaseStudy, stranger: User) -> None:
    send(case.author, case, "어떠셨나요?")
    own = Comment.objects.get()
    send(stranger, case, "좋았어요.", own.public_id)
    assert [kind for kind, _key in told(case.author)] == ["answer"]
    preferences.choose(case.author, "answer", False)
    preferences.choose(case.author, "comment", False)
    send(stranger, case, "또 좋았어요.", own.public_id)
    send(stranger, case, "참 좋았어요.")
    assert len(told(case.author)) == 1
    names = read(reverse("letters"), stranger)
    assert "Comments on my posts" in names
    assert "Answers to my comments" in names


def test_a_letter_not_sent_yet_leaves_with_its_comment(said: Comment, case: CaseStudy, stranger: User) -> None:
    assert told(case.author)
    remove(stranger, said)
    assert not told(case.author)


# ── Taking away ───────────────────────────────────────────────────────────────
def test_writers_take_their_own_back_and_authors_put_away_under_their_posts(
    said: Comment, case: CaseStudy, stranger: User, host: User, other_host: User
) -> None:
    second = comments.write(other_host, case, "둘째 말")
    for person in (host, other_host):
        assert remove(person, said).status_code == 404
        assert sign_in(person).get(reverse("comment_remove", args=[case.public_id, said.public_id])).status_code == 404
    with pytest.raises(Refused):
        comments.remove(host, said)
    assert "Take your comment back?" in read(reverse("comment_remove", args=[case.public_id, said.public_id]), stranger)
    assert remove(stranger, said).status_code == 302
    assert remove(case.author, second).status_code == 302
    said.refresh_from_db(), second.refresh_from_db()
    assert (said.state, second.state) == ("taken_back", "hidden")
    page = read(case.get_absolute_url())
    assert WORDS not in page
    assert "둘째 말" not in page
    assert "둘째 말" not in read(talk_of(case), stranger)
    assert "Only you see it here" not in read(talk_of(case), stranger)
    assert "둘째 말" in read(talk_of(case), other_host)  # told kindly on their own page
    assert "이 댓글은 치워졌어요" in read(talk_of(case), other_host)


def test_the_links_to_take_away_are_for_those_who_may(
    said: Comment, case: CaseStudy, stranger: User, host: User
) -> None:
    link = reverse("comment_remove", args=[case.public_id, said.public_id])
    assert link in read(talk_of(case), stranger)
    assert link in read(talk_of(case), case.author)
    assert link not in read(talk_of(case), host)
    assert link not in read(talk_of(case))
    assert link not in read(case.get_absolute_url())


def test_answers_stay_when_what_they_answer_goes(said: Comment, case: CaseStudy, stranger: User) -> None:
    comments.write(case.author, case, "읽혔어요.", answers=said)
    comments.remove(stranger, said)
    page = read(case.get_absolute_url())
    assert WORDS not in page
    assert "읽혔어요." in page
    assert "댓글 1개" in page


def test_a_removed_or_hidden_post_has_no_comments(said: Comment, case: CaseStudy, stranger: User, admin: User) -> None:
    case_studies.hide(case, admin, note="신고")
    assert sign_in(stranger).get(talk_of(case)).status_code == 404
    assert send(stranger, case).status_code == 404
    case_studies.show(case, admin)
    assert WORDS in read(talk_of(case))
    case_studies.remove(case, case.author)
    assert sign_in(stranger).get(talk_of(case)).status_code == 404
    gone = Client().get(case.get_absolute_url())
    assert gone.status_code == 410
    assert WORDS not in gone.content.decode()
    with pytest.raises(Refused):
        comments.write(stranger, case, "늦은 말")


def test_the_desk_puts_away_with_a_reason_and_shows_again(said: Comment, case: CaseStudy, admin: User) -> None:
    desk = sign_in(admin)
    assert press(desk, "showcase.comment", "hide", said, apply="1").status_code == 422  # without a reason
    press(desk, "showcase.comment", "hide", said, apply="1", note="광고예요")
    said.refresh_from_db()
    assert said.state == "hidden"
    assert WORDS not in read(case.get_absolute_url())
    change = Change.objects.filter(subject_type="showcase.comment", subject_id=str(said.pk)).order_by("pk").last()
    assert change is not None
    assert (change.actor, change.note) == (admin, "광고예요")
    press(desk, "showcase.comment", "show", said, apply="1")
    assert WORDS in read(case.get_absolute_url())


@pytest.mark.django_db(transaction=True)
def test_the_kept_page_follows_every_verb(case: CaseStudy, stranger: User, admin: User) -> None:
    def kept() -> str:
        return Client().get(case.get_absolute_url()).content.decode()

    assert WORDS not in kept()
    row = comments.write(stranger, case, WORDS)
    assert WORDS in kept()
    comments.remove(admin, row, note="광고")
    assert WORDS not in kept()
    comments.show(admin, row)
    assert WORDS in kept()
    comments.remove(stranger, row)
    assert WORDS not in kept()


# ── The public page ───────────────────────────────────────────────────────────
def test_any_number_of_comments_costs_three_queries(case: CaseStudy, stranger: User) -> None:
    first = comments.write(stranger, case, "처음")
    for n in range(59):
        comments.write(stranger, case, f"말 {n}", answers=first if n % 3 == 0 else None)
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        page = read(case.get_absolute_url())
    assert len(seen) <= 3
    assert "댓글 60개" in page
    assert page.count('class="comment"') == 51  # the newest 50, and the first of a thread they answer
    assert "말 58" in page
    assert "csrfmiddlewaretoken" not in page
    assert f'href="{talk_of(case)}">' in page
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])
    assert data["commentCount"] == 60
    assert [row["text"] for row in data["comment"]][:2] == ["말 58", "말 57"]


def test_older_comments_are_paged_and_each_is_found_again(case: CaseStudy, stranger: User) -> None:
    rows = [comments.write(stranger, case, f"말 {n:02}") for n in range(60)]
    assert "말 00" in read(talk_of(case))
    assert "말 59" not in read(talk_of(case))
    assert "말 59" in read(f"{talk_of(case)}?page=2")
    assert "말 59" in read(rows[-1].get_absolute_url().partition("#")[0])
    assert "말 00" in read(rows[0].get_absolute_url().partition("#")[0])
    assert "말 00" in read(f"{talk_of(case)}?comment=2222222222")


def test_the_form_comes_to_who_is_signed_in_in_their_language(case: CaseStudy, stranger: User, said: Comment) -> None:
    fragment = reverse("comment_form", args=[case.public_id])
    assert f'data-fragment="{fragment}"' in read(case.get_absolute_url())
    assert Client().get(fragment).status_code == 204
    answer = sign_in(stranger).get(fragment)
    assert answer.headers["Cache-Control"] == "private, no-store"
    for part in ("csrfmiddlewaretoken", 'lang="en"', "Take a comment away"):
        assert part in answer.content.decode()
    assert "Take a comment away" not in read(fragment, make_person("quiet", "Quiet", language="en"))
