"""Cards that links show: the same on a machine without a Korean font."""

import resvg_py

from studyplatform.kit import social


def drawn(title: str, *fonts: str) -> bytes:
    """Draw a card as a machine without any font would."""
    svg = social.drawing(title, "", 7, "food")
    return resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=list(fonts))


def test_korean_needs_no_font_of_the_machine() -> None:
    ours = str(social.FONT)
    assert drawn("사흘 걸리던 부가세 정리", ours) != drawn("", ours)
    assert drawn("사흘 걸리던 부가세 정리") == drawn("")


def test_a_long_title_ends_within_its_lines() -> None:
    svg = social.drawing("아주 긴 제목이 " * 12, "또 긴 설명이 " * 20, 7, "food")
    assert svg.count("<text") == 6
    assert svg.count(" …</text>") == 2


def test_words_of_people_stay_words() -> None:
    assert "<b>" not in social.drawing("<b>&", "<b>", 7, "food")
