"""What the world's files say."""

import functools
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Data = dict[str, Any]


@functools.cache
def people() -> Data:
    """Return who is written down, by the name in their address."""
    return {**tomllib.loads((HERE / "people.toml").read_text()), **tomllib.loads((HERE / "partners.toml").read_text())}


@functools.cache
def studies() -> list[Data]:
    """Return the studies; each cohort's plan holds what its study's cohorts have in common."""
    found: list[Data] = tomllib.loads((HERE / "studies.toml").read_text())["study"]
    for study in found:
        study["cohort"] = [{**study["terms"], **cohort} for cohort in study["cohort"]]
    return found


@functools.cache
def posts() -> dict[str, Data]:
    """Return the case studies by the name of their file, which is their name in the other files too."""
    return {path.stem: tomllib.loads(path.read_text()) for path in sorted((HERE / "posts").glob("*.toml"))}


@functools.cache
def paragraphs() -> Data:
    """Return what the crowd's posts are put together from."""
    return tomllib.loads((HERE / "paragraphs.toml").read_text())


@functools.cache
def thanks() -> Data:
    """Return what people say to who presented, by language."""
    return tomllib.loads((HERE / "thanks.toml").read_text())


def face(name: str) -> str:
    """Return the drawing of a face."""
    return (HERE / "faces" / f"{name}.svg").read_text()


def pictures() -> list[str]:
    """Return the names of the pictures that stand in posts."""
    return sorted(path.stem for path in (HERE / "pictures").glob("*.webp"))


def picture(name: str) -> bytes:
    """Return a picture that stands in a post."""
    return (HERE / "pictures" / f"{name}.webp").read_bytes()


@functools.cache
def crowd() -> Data:
    """Return the lists the many are put together from."""
    lists = tomllib.loads((HERE / "crowd.toml").read_text())
    return {**lists, "families": lists["families"].split(), "givens": lists["givens"].split()}
