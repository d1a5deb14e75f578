"""The one writer of tables people download. Spreadsheets run cells that begin like formulas; ours never do."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse

RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # OWASP, "CSV Injection"
BOM = "\ufeff"  # tells Excel that the file is UTF-8


def safe(value: Any) -> str:
    """Return a cell as text that no spreadsheet takes for a formula; an amount below zero stands in brackets."""
    if isinstance(value, Decimal):
        return f"({-value})" if value < 0 else str(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \n").startswith(RUNS) else text


def response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return a CSV file to download, named `name`.csv."""
    return HttpResponse("".join(_lines(header, rows)), content_type="text/csv; charset=utf-8", headers=_headers(name))


def stream(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Return the same, sent while its rows are read: any number of them in the same memory."""
    lines = _lines(header, rows)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.csv", "Cache-Control": "no-store"}


def _lines(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield BOM
    yield writer.writerow([safe(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """Return the line a csv.writer made."""
        return text
