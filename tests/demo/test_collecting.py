"""Static files are collected when one changed, and only then."""

import os
from pathlib import Path
from typing import Any

from studyplatform.demo.collecting import collect


def test_what_did_not_change_is_not_collected_again(settings: Any, tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    ours.mkdir()
    sheet = ours / "a.css"
    sheet.write_text("a {}")
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [ours], tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]

    assert collect()
    collected = settings.STATIC_ROOT / "a.css"
    assert collected.read_text() == "a {}"
    assert not collect()

    sheet.write_text("b {}")
    os.utime(sheet, (later := sheet.stat().st_mtime + 60, later))
    assert collect()
    assert collected.read_text() == "b {}"

    (settings.STATIC_ROOT / "staticfiles.json").unlink()  # somebody emptied the folder
    assert collect()


def test_a_new_file_is_collected(settings: Any, tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    ours.mkdir()
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [ours], tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    collect()
    (ours / "new.css").write_text("n {}")
    assert collect()
    assert (settings.STATIC_ROOT / "new.css").exists()
