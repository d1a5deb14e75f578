"""Tables people download, as text or as a workbook; the ending of the address says which."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponseBase

from studyplatform.kit import csv_export, xlsx_export

WRITERS = {"csv": csv_export.stream, "xlsx": xlsx_export.response}


class EndingInAddress:
    """Django's way from the ending in an address to a kind of table."""

    regex = "|".join(WRITERS)

    def to_python(self, text: str) -> str:
        """Read "csv" or "xlsx"."""
        return text

    def to_url(self, ending: str) -> str:
        """Write it."""
        return ending


def response(name: str, ending: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """Return a table to download, named `name`; its rows are read one by one."""
    return WRITERS[ending](name, header, rows)
