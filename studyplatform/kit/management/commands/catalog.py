"""Translations without outside tools: collect the sentences, check that each language has them, compile."""

from argparse import ArgumentParser
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

CODE = ("studyplatform", "cohorts", "payments", "showcase")
LEFT_OUT = ("migrations", "stripe")  # the local Stripe speaks for itself
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


class Command(BaseCommand):
    help = "Sentences and their translations: update (collect and merge), check (fail on gaps), compile (write .mo)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["update", "check", "compile"])
        parser.add_argument("--from", dest="sources", nargs="*", default=[], help="other .po files to take words from")

    def handle(self, *args: Any, action: str, sources: list[str], **options: Any) -> None:
        for path in sorted(settings.LOCALE_PATHS[0].glob("*/LC_MESSAGES/django.po")):
            getattr(self, f"_{action}")(path, sources)

    def _update(self, path: Path, sources: list[str]) -> None:
        catalog = _read(path)
        for source in sources:
            _borrow(catalog, _read(Path(source)))
        catalog.update(_collected(), no_fuzzy_matching=True, update_header_comment=False)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalog, sort_output=True, no_location=True, omit_header=False, width=120)
        self.stdout.write(
            f"{path.parent.parent.name}: {len(catalog)} sentences, {len(list(_gaps(catalog)))} to translate"
        )

    def _check(self, path: Path, sources: list[str]) -> None:
        catalog, wanted = _read(path), _collected()
        here, there = ({(m.id, m.context) for m in one if m.id} for one in (catalog, wanted))
        gaps = [*(sentence for sentence, _ in there - here), *_gaps(catalog)]
        if gaps:
            raise CommandError(f"{path}: {len(gaps)} sentences without translation, first: {gaps[:5]}")
        if here - there:
            raise CommandError(f"{path}: nothing says these any more, run update: {[s for s, _ in here - there][:5]}")
        self.stdout.write(f"{path.parent.parent.name}: complete, {len(catalog)} sentences")

    def _compile(self, path: Path, sources: list[str]) -> None:
        target, made = path.with_suffix(".mo"), BytesIO()
        write_mo(made, _read(path))
        if not target.exists() or target.read_bytes() != made.getvalue():  # others may be reading it
            target.write_bytes(made.getvalue())


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name if path.name == "django.po" else "ko")


def _borrow(catalog: Catalog, other: Catalog) -> None:
    for message in other:
        if message.id and not _is_gap(message):
            catalog.add(message.id, message.string, context=message.context, flags=message.flags)


def _gaps(catalog: Catalog) -> Iterator[Any]:
    return (message.id for message in catalog if message.id and _is_gap(message))


def _is_gap(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return message.fuzzy or not all(strings)


def _collected() -> Catalog:
    catalog = Catalog()
    for text in _sources():
        for _line, ids, _comments, context in extract("python", BytesIO(text.encode()), KEYWORDS):
            catalog.add(ids, context=context)
    return catalog


def _sources() -> Iterator[str]:
    for folder in CODE:
        for path in sorted((settings.BASE_DIR / folder).rglob("*.py")):
            if not set(LEFT_OUT) & set(path.parts):
                yield path.read_text()
    for path in sorted((settings.BASE_DIR / "templates").rglob("*")):
        if path.suffix in (".html", ".txt", ".xml"):
            flat = (line.lstrip() for line in templatize(path.read_text()).splitlines())
            yield "\n".join(flat)  # the reader of Python minds how lines are indented
