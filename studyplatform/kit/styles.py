"""One style sheet for the browser out of one file per component.

The sources are static/css/*.css, components/ and pages/; each names its own layer, so their order inside a folder
does not matter. `manage.py styles` writes static/css/site.css, which is kept in the repository; a test holds it fresh.
"""

import re
from collections.abc import Iterator
from pathlib import Path

FIRST = ("tokens", "reset", "base", "layout")
FOLDERS = ("components", "pages")
LAST = ("utilities",)
HEAD = "/* Made by `manage.py styles` from the files beside it; edit those. */\n"


def sources(folder: Path) -> Iterator[Path]:
    """Return the source files in the order of their layers."""
    yield from (folder / f"{name}.css" for name in FIRST)
    for part in FOLDERS:
        yield from sorted((folder / part).glob("*.css"))
    yield from (folder / f"{name}.css" for name in LAST)


def build(folder: Path) -> str:
    """Return the one style sheet, without comments and indents."""
    return HEAD + "".join(_lean(path, folder) for path in sources(folder))


def _lean(path: Path, folder: Path) -> str:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    if path.parent != folder:
        text = text.replace('url("../../', 'url("../')
    return "".join(f"{line.strip()}\n" for line in text.splitlines() if line.strip())
