"""I-33: no cell of any table people download begins like a formula."""

import csv
import io
from decimal import Decimal

import pytest

from studyplatform.kit import csv_export

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\n=1",
    "＝1",
    "＠1",
    " \n -2",
    '=HYPERLINK("http://x")',
]


def read(answer):
    text = answer.content.decode()
    assert text.startswith(csv_export.BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(csv_export.BOM), newline="")))


@pytest.mark.parametrize("cell", HOSTILE)
def test_formulas_are_text_in_rows_and_in_the_header(cell):
    header, row = read(csv_export.response("x", [cell], [[cell]]))
    assert header == row == [f"'{cell}"]
    assert not row[0].lstrip().startswith(csv_export.RUNS)


def test_plain_words_numbers_and_nothing_stay_as_they_are():
    rows = [["배소라", "a, b", 'say "so"', 12, None, "1-2", "a=b"]]
    assert read(csv_export.response("x", ["이름"], rows))[1] == ["배소라", "a, b", 'say "so"', "12", "", "1-2", "a=b"]


def test_an_amount_below_zero_is_a_number_in_brackets_and_streamed_rows_are_written_alike():
    rows = [[Decimal("-12.50"), Decimal("12.50"), Decimal(-3), "-3"]]
    streamed = csv_export.stream("x", ["=a"], rows)
    assert read(csv_export.response("x", ["=a"], rows))[1] == ["(12.50)", "12.50", "(3)", "'-3"]
    assert b"".join(streamed.streaming_content) == csv_export.response("x", ["=a"], rows).content
    assert streamed.headers["Cache-Control"] == "no-store"


def test_it_is_a_file_no_cache_keeps_and_its_name_opens_no_header():
    answer = csv_export.response('기수"\r\nX: 1', ["a"], [])
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert "\n" not in answer.headers["Content-Disposition"]


def test_it_is_the_only_writer_of_tables_but_the_bank_file():
    from pathlib import Path

    root = Path(__file__).parents[2]
    writers = {
        str(path.relative_to(root))
        for app in ("cohorts", "payments", "showcase", "studyplatform")
        for path in (root / app).rglob("*.py")
        if "csv.writer" in path.read_text() or "DictWriter" in path.read_text()
    }
    assert writers <= {"studyplatform/kit/csv_export.py", "payments/services/batches.py", "payments/bank_file.py"}
