"""Cards that links show in chats: cloth on the left, words on paper at the right, 1200 by 630.

Words are drawn with the machine's fonts; where it has none with Hangul, the card is the cloth and the paper.
"""

from textwrap import wrap
from unicodedata import east_asian_width

import resvg_py
from django.http import HttpResponse
from django.utils.html import escape

from studyplatform.kit.covers import cloth

FONT = "Pretendard, 'Noto Sans CJK KR', 'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif"
LINE = 22  # columns; a Hangul syllable takes two
LINES = 4


def card(title: str, below: str, seed: int, field: str) -> bytes:
    """Return a PNG with a title, a line below it, and the cloth of a seed and field."""
    rows = "".join(
        f'<text x="452" y="{150 + row * 84}" font-size="60" font-weight="700" fill="#1c211d">{escape(words)}</text>'
        for row, words in enumerate(_lines(title))
    )
    box = 'width="400" height="630" viewBox="0 0 61 96" preserveAspectRatio="xMidYMid slice"'
    left = f"<svg {box}>{cloth(seed, field)}</svg>"
    foot = f'<text x="452" y="560" font-size="32" fill="#545b54">{escape(below)}</text>'
    paper = '<rect width="1200" height="630" fill="#f7f6f1"/>'
    body = f'{paper}{left}<g font-family="{FONT}">{rows}{foot}</g>'
    return resvg_py.svg_to_bytes(
        svg_string=f'<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630">{body}</svg>'
    )


def _lines(title: str) -> list[str]:
    """Break at spaces by how wide letters are; what does not fit ends with an ellipsis."""
    lines, row = [""], 0
    for word in title.split():
        for part in wrap(word, LINE) or [word]:
            if _width(f"{lines[row]} {part}") > LINE and lines[row]:
                lines.append("")
                row += 1
            lines[row] = f"{lines[row]} {part}".strip()
    return lines if len(lines) <= LINES else [*lines[: LINES - 1], f"{lines[LINES - 1]} …"]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def png(content: bytes, seconds: int) -> HttpResponse:
    """Return a PNG that may be kept for so many seconds."""
    return HttpResponse(content, content_type="image/png", headers={"Cache-Control": f"public, max-age={seconds}"})


def svg(content: str) -> HttpResponse:
    """Return a drawing whose address never changes its content."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Security-Policy": "default-src 'none'"}
    return HttpResponse(content, content_type="image/svg+xml", headers=headers)
