"""The one writer of tables people download. Spreadsheets run cells that begin like formulas; ours never do."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

RUNS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"  # tells Excel that the file is UTF-8


def safe(value: Any) -> str:
    """Return a cell as text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \n").startswith(RUNS) else text


def response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return a CSV file to download, named `name`.csv."""
    answer = HttpResponse(BOM, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    answer.headers["Cache-Control"] = "no-store"
    writer = csv.writer(answer)
    writer.writerow([safe(cell) for cell in header])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return answer
