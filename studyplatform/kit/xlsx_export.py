"""Tables as a workbook. Text is written as text and numbers as numbers, so that no cell is ever a formula."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse
from xlsxwriter import Workbook

# One row in memory at a time; what looks like a formula, a link or a number stays the text it is.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd hh:mm:ss",
}
WIDTH = 18


def response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """Return a workbook of one sheet to download, named `name`.xlsx; decimals show as many places as they have."""
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    book = Workbook(file, OPTIONS)
    sheet = book.add_worksheet()
    sheet.set_column(0, len(header) - 1, WIDTH)
    sheet.freeze_panes(1, 0)
    writer = Writer(book, sheet)
    writer.write(0, header, book.add_format({"bold": True}))
    for number, row in enumerate(rows, start=1):
        writer.write(number, row)
    book.close()
    file.seek(0)
    answer = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
    answer.headers["Cache-Control"] = "no-store"
    return answer


class Writer:
    """Writes rows of a sheet, each cell by its type."""

    def __init__(self, book: Any, sheet: Any) -> None:
        self._book, self._sheet, self._formats = book, sheet, dict[int, Any]()

    def write(self, number: int, row: Sequence[Any], style: Any = None) -> None:
        """Write one row; nothing for None."""
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                self._sheet.write_number(number, column, cell, self._decimal(cell))
            elif isinstance(cell, int):
                self._sheet.write_number(number, column, cell)
            elif isinstance(cell, datetime):
                self._sheet.write_datetime(number, column, cell)
            elif cell is not None:
                self._sheet.write_string(number, column, str(cell), style)

    def _decimal(self, value: Decimal) -> Any:
        places = max(0, -int(value.as_tuple().exponent))
        if places not in self._formats:
            shown = f"#,##0.{'0' * places}" if places else "#,##0"
            self._formats[places] = self._book.add_format({"num_format": shown})
        return self._formats[places]
