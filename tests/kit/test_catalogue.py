"""The Korean catalogue: complete, true to its placeholders, and in the register and the words of the house."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command

PATH = Path(settings.LOCALE_PATHS[0]) / "ko/LC_MESSAGES/django.po"
TEXTS = sorted(Path(settings.BASE_DIR, "templates").rglob("*.ko.html"))

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
VALUE = r"(?:%\(\w+\)[sd]|\{\{?[^{}]*\}\}?)(?:</b>|[”’)])?"
PARTICLE = re.compile(
    VALUE + r"(?:은|는|이|가|을|를|와|과|으로|로|이라|라|이에요|예요|이고|이며|아|야)(?=[\s.,:;?…]|$)"
)
# A word comes between: "국민은행 계좌(끝자리 1234)로" reads the same whatever the digits.
PARTICLE_FINE = ("계좌(끝자리 %(ending)s)로",)
FORMAL = re.compile(r"니다(?=[\s.,!?)”’]|$)|니까|십시오|십시요|시오(?=[\s.]|$)|하시기 바|귀하")
FORBIDDEN = re.compile(
    r"수강|강의|클래스|강사|기수생|유저|회원|신청|완료되었|잘못된 입력|지금 바로|놓치지|마감 임박|₩|[「」『』~]|->|!"
)
STRAIGHT = re.compile(r"['\"]")
TAG = re.compile(r"<[^>]*>")


def _catalogue() -> Catalog:
    with PATH.open("rb") as file:
        return read_po(file, locale="ko")


def _sentences() -> Iterator[tuple[str, str]]:
    """Yield each source (of a plural the many) beside its Korean."""
    for message in _catalogue():
        if message.id:
            source = message.id if isinstance(message.id, str) else message.id[-1]
            korean = message.string if isinstance(message.string, str) else message.string[0]
            yield source, korean


def _broken(breaks: Callable[[str], object]) -> list[str]:
    return [korean for _, korean in _sentences() if breaks(TAG.sub("", korean))]


def test_every_sentence_of_the_product_has_its_korean() -> None:
    call_command("catalog", "check")


def test_nothing_is_doubtful_or_left_over() -> None:
    catalogue = _catalogue()
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_placeholders_are_those_of_the_source() -> None:
    differing = [
        (source, korean)
        for source, korean in _sentences()
        if set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(korean))
    ]
    assert differing == []


def test_no_particle_follows_a_value() -> None:
    """ "%(title)s을" would be wrong for half of all titles."""
    found = [korean for _, korean in _sentences() if PARTICLE.search(_without_the_fine(korean))]
    assert found == []


def _without_the_fine(korean: str) -> str:
    for fine in PARTICLE_FINE:
        korean = korean.replace(fine, "")
    return korean


def test_people_are_spoken_to_warmly() -> None:
    assert _broken(FORMAL.search) == []


def test_words_of_courses_and_adverts_are_not_used() -> None:
    assert _broken(FORBIDDEN.search) == []


def test_quotation_marks_are_curly() -> None:
    assert _broken(STRAIGHT.search) == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_long_texts_keep_the_same_voice(path: Path) -> None:
    words = TAG.sub("", re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", path.read_text()))
    assert [found for rule in (FORMAL, FORBIDDEN, STRAIGHT) for found in rule.findall(words)] == []


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (PARTICLE, "%(topic)s 소모임에 자리를 잡았어요.", "%(topic)s을 골랐어요."),
        (PARTICLE, "%(count)s명이 왔어요.", "%(name)s가 왔어요."),
        (PARTICLE, "“%(title)s” 사례를 공개했어요.", "“%(title)s”를 공개했어요."),
        (PARTICLE, "{email} 주소로 보냈어요.", "{email}로 보냈어요."),
        (PARTICLE, "모두 <b>%(people)s</b>명이에요.", "모두 <b>%(people)s</b>이에요."),
        (FORMAL, "저장했어요.", "저장되었습니다."),
        (FORMAL, "다시 골라 주세요.", "다시 선택하십시오."),
        (FORBIDDEN, "9기에 참여하기", "9기 수강 신청"),
        (STRAIGHT, "“작은 가게들”", '"작은 가게들"'),
    ],
)
def test_each_rule_passes_what_is_right_and_catches_what_is_not(rule: re.Pattern[str], good: str, bad: str) -> None:
    assert not rule.search(good)
    assert rule.search(bad)
