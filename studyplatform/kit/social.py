"""Cards that links show in chats: cloth on the left, words on paper at the right, 1200 by 630.

Words are drawn with our own font (Noto Sans CJK KR Bold, the letters of everyday Korean and European languages), so
that a card is the same on a machine without any; rarer letters come from the machine's fonts, if it has them.
"""

from pathlib import Path
from textwrap import wrap
from unicodedata import east_asian_width

import resvg_py
from django.http import HttpResponse
from django.utils.html import escape

from studyplatform.kit.covers import cloth

FONT = Path(__file__).parent / "fonts" / "NotoSansCJKkr-Bold-subset.otf"
TITLE = (22, 4)  # columns and lines; a Hangul syllable takes two columns
BELOW = (40, 2)


def card(title: str, below: str, seed: int, field: str) -> bytes:
    """Return a PNG with a title, a line or two below it, and the cloth of a seed and field."""
    return resvg_py.svg_to_bytes(svg_string=drawing(title, below, seed, field), font_files=[str(FONT)])


def drawing(title: str, below: str, seed: int, field: str) -> str:
    """Return the card as SVG."""
    box = 'width="400" height="630" viewBox="0 0 61 96" preserveAspectRatio="xMidYMid slice"'
    left = f"<svg {box}>{cloth(seed, field)}</svg>"
    paper = '<rect width="1200" height="630" fill="#f7f6f1"/>'
    words = _text(_lines(title, *TITLE), top=150, step=84, size=60, ink="#1c211d")
    words += _text(_lines(below, *BELOW), top=526, step=44, size=30, ink="#545b54")
    body = f'{paper}{left}<g font-family="Noto Sans CJK KR" font-weight="700">{words}</g>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630">{body}</svg>'


def _text(lines: list[str], *, top: int, step: int, size: int, ink: str) -> str:
    return "".join(
        f'<text x="452" y="{top + row * step}" font-size="{size}" fill="{ink}">{escape(words)}</text>'
        for row, words in enumerate(lines)
    )


def _lines(text: str, columns: int, most: int) -> list[str]:
    """Break at spaces by how wide letters are; what does not fit ends with an ellipsis."""
    lines, row = [""], 0
    for word in text.split():
        for part in wrap(word, columns // 2) or [word]:
            if _width(f"{lines[row]} {part}") > columns and lines[row]:
                lines.append("")
                row += 1
            lines[row] = f"{lines[row]} {part}".strip()
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} …"]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def png(content: bytes, seconds: int) -> HttpResponse:
    """Return a PNG that may be kept for so many seconds."""
    return HttpResponse(content, content_type="image/png", headers={"Cache-Control": f"public, max-age={seconds}"})


def svg(content: str) -> HttpResponse:
    """Return a drawing whose address never changes its content."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Security-Policy": "default-src 'none'"}
    return HttpResponse(content, content_type="image/svg+xml", headers=headers)
