"""Banks' own files of what reached an account and what left it: which column is which, each line as plain values.

Korean banks export CSV in CP949 or UTF-8, with lines above the header, dates in several forms, and columns named each
in its own way.
"""

import datetime
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from studyplatform.kit import csv_import, money
from studyplatform.kit.errors import Refused

SEOUL = ZoneInfo("Asia/Seoul")
LARGEST = 2_000_000  # bytes
MOST = 5_000  # lines
ABOVE = 30  # lines a bank may put above its header
NAMES = {
    "date": ("거래일시", "거래일자", "거래일", "거래날짜", "일시", "일자", "날짜", "date", "datetime"),
    "time": ("거래시간", "거래시각", "시간", "시각", "time"),
    "amount": ("입금금액", "입금액", "입금", "맡기신금액", "입금(원)", "입금액(원)", "deposit", "credit", "amount"),
    "out": ("출금금액", "출금액", "출금", "찾으신금액", "출금(원)", "출금액(원)", "지급금액", "withdrawal", "debit"),
    "reference": ("거래번호", "거래고유번호", "참조번호", "reference", "id"),
    "balance": ("거래후잔액", "잔액", "잔액(원)", "balance"),
}
WORDS = (
    *("보낸분/받는분", "보낸분", "의뢰인/수취인", "의뢰인", "입금자명", "입금자", "기재내용", "거래기록사항", "내용"),
    *("거래내용", "적요", "메모", "비고", "description", "memo", "sender"),
)
DAY = re.compile(r"(\d{4})[-./년 ]*(\d{1,2})[-./월 ]*(\d{1,2})일?")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


@dataclass(frozen=True)
class Line:
    """One line as the bank's file has it: its reference there, when, minor units of won (below zero: it left), the
    bank's words, what was in the account after it where the bank says so."""

    reference: str
    at: datetime.datetime
    amount: int
    words: str
    balance: int | None = None


@dataclass(frozen=True)
class Read:
    """What a file holds: its lines, the numbers of those nobody could read, whether it tells what left too."""

    lines: list[Line]
    unread: list[int]
    tells_out: bool = False


def read(content: bytes) -> Read:
    """Return what a bank's CSV file says.

    A line without a number of the bank's own is known by all that stands in it, and by how many alike came before it
    in the file: the same file read twice gives the same references. Raises Refused for what is no such file.
    """
    if len(content) > LARGEST:
        raise Refused(_("This file is too large. Export a shorter time."), field="file")
    rows, head, columns = _table(csv_import.decoded(content))
    if len(rows) > head + 1 + MOST:
        raise Refused(_("This file has too many lines. Export a shorter time."), field="file")
    seen: Counter[str] = Counter()
    lines: list[Line] = []
    unread: list[int] = []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        try:
            lines += _line(row, columns, seen)
        except (ValueError, ArithmeticError):
            unread.append(number)
    tells_out = bool(columns["out"]) or any(line.amount < 0 for line in lines)
    return Read(lines, unread, tells_out)


def _table(text: str) -> tuple[list[list[str]], int, dict[str, list[int]]]:
    """Return the rows, where their header stands, and which columns it names; whichever mark parts the cells."""
    for mark in csv_import.MARKS:
        rows = csv_import.rows(text, mark)
        for number, row in enumerate(rows[:ABOVE]):
            columns = _columns(row)
            if columns["date"] and columns["amount"]:
                return rows, number, columns
    raise Refused(_("No line of this file names a date and an amount paid in."), field="file")


def _columns(row: list[str]) -> dict[str, list[int]]:
    heads = csv_import.heads(row)
    found = {name: [heads.index(word) for word in words if word in heads] for name, words in NAMES.items()}
    return {**found, "words": [heads.index(word) for word in WORDS if word in heads]}


def _line(row: Sequence[str], columns: dict[str, list[int]], seen: Counter[str]) -> Iterator[Line]:
    def cell(name: str) -> str:
        place = columns[name][0] if columns[name] else len(row)
        return row[place] if place < len(row) else ""

    if not any(char.isdigit() for char in cell("date")):
        return  # an empty line, a sum at the end
    amount = _won(cell("amount")) or -_won(cell("out"))
    if not amount:
        return
    if not -(2**63) < amount < 2**31:
        raise ValueError(f"{amount} is more than a deposit or a line can hold")
    words = " ".join(dict.fromkeys(row[i] for i in columns["words"] if i < len(row) and row[i]))[:100]
    at = _moment(cell("date"), cell("time"))
    key = "|".join((at.isoformat(), str(amount), words, cell("balance")))
    seen[key] += 1
    reference = cell("reference")[:80] or hashlib.sha256(f"{key}|{seen[key]}".encode()).hexdigest()
    yield Line(reference, at, amount, words, _balance(cell("balance")))


def _won(cell: str) -> int:
    """Return what a cell says in won; nothing where it is empty."""
    said = cell.removesuffix("원").strip()
    return 0 if said in ("", "-") else money.parse(said, "KRW", "ko")


def _balance(cell: str) -> int | None:
    try:
        there = _won(cell) if cell else None
        return there if there is None or abs(there) < 2**63 else None
    except (ValueError, ArithmeticError):  # what a bank writes there is its own; the line itself is clear
        return None


def _moment(day: str, clock: str) -> datetime.datetime:
    """Return a moment in Seoul's time as UTC; raise ValueError when there is no day in it."""
    found, at = DAY.match(day), CLOCK.search(clock or day)
    if not found:
        raise ValueError(day)
    hour, minute, second = (int(part or 0) for part in at.groups()) if at else (0, 0, 0)
    year, month, date = (int(part) for part in found.groups())
    local = datetime.datetime(year, month, date, hour, minute, second, tzinfo=SEOUL)
    return local.astimezone(datetime.UTC)
