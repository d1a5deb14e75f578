"""The rules hold in every file, let pass what they should, and catch what they are for."""

import subprocess
from pathlib import Path

import pytest

from studyplatform.kit import styles
from tests.house.rules import RULES, Rule

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".html", ".txt", ".js", ".css", ".md", ".toml", ".yml", ".sh", ".example", ".lock", ".svg", ".po", ""}
HOME = str(ROOT)  # where this checkout stands is nobody else's business

by_name = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def tracked() -> dict[str, str]:
    """Return the text of every file of the project by its path: known to Git, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [path for path in listed.stdout.decode().split("\0") if path and Path(path).suffix in TEXT]
    return {path: (ROOT / path).read_text(errors="replace") for path in paths if (ROOT / path).is_file()}


@pytest.fixture(scope="session")
def files() -> dict[str, str]:
    return tracked()


@by_name
def test_rule_holds_in_every_file(rule: Rule, files: dict[str, str]) -> None:
    broken = [
        f"{path}:{line}: {sentence}"
        for path, text in files.items()
        if rule.covers(path)
        for line, sentence in rule.find(text)
    ]
    assert not broken, "\n".join([rule.why, *broken])


@by_name
def test_rule_catches_the_bad_and_lets_the_good_pass(rule: Rule) -> None:
    assert list(rule.find(rule.bad))
    assert not list(rule.find(rule.good))


@by_name
def test_rule_is_about_something(rule: Rule, files: dict[str, str]) -> None:
    assert any(rule.covers(path) for path in files)


def test_no_file_names_the_machine_it_was_written_on(files: dict[str, str]) -> None:
    assert not [path for path, text in files.items() if HOME in text]


def test_the_style_sheet_is_fresh() -> None:
    folder = ROOT / "static" / "css"
    assert (folder / "site.css").read_text() == styles.build(folder), "run `manage.py styles`"
