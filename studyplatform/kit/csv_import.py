"""Tables people upload: CSV of any spreadsheet, in UTF-8 or in CP949, as Excel writes it in Korean.

Cells are text whatever they look like: nothing is run, and control characters are taken out.
"""

import csv
import io
import re
import unicodedata

from django.utils.translation import gettext as _

from studyplatform.kit.errors import Refused

MARKS = ",\t;"  # what may part the cells


def decoded(content: bytes) -> str:
    """Return the text of a file. Raises Refused for what is no text."""
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(_("This is not a CSV file. Export it as CSV and try again."), field="file")


def rows(text: str, mark: str) -> list[list[str]]:
    """Return every row, empty ones too, as a spreadsheet counts them. Raises Refused for what is no CSV."""
    try:
        read = list(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=mark, strict=True))
    except csv.Error:
        raise Refused(_("This is not a CSV file. Export it as CSV and try again."), field="file") from None
    return [[_clean(cell) for cell in row] for row in read]


def _clean(cell: str) -> str:
    shown = (c for c in unicodedata.normalize("NFC", cell) if unicodedata.category(c)[0] != "C")
    return "".join(shown).strip().strip('="').strip()


def heads(row: list[str]) -> list[str]:
    """Return the names of columns, without spaces and in small letters."""
    return [re.sub(r"\s", "", cell).lower() for cell in row]
