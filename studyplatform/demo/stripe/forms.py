"""Form encoding with nested brackets: `a[b][0]=x` becomes {"a": {"b": {"0": "x"}}}. Lists are made by params.Many."""

import re
from typing import Any
from urllib.parse import parse_qsl

from studyplatform.demo.stripe.errors import invalid

NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
Form = dict[str, Any]


def decode(text: str) -> Form:
    """Return the tree behind a query string or a form body. Raises ApiError on a name that cannot be."""
    tree: Form = {}
    for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=5000):
        _place(tree, _parts(name), value, name)
    return tree


def _parts(name: str) -> list[str]:
    found = NAME.match(name)
    if not found:
        raise invalid(f"Invalid request (check that your POST content type is correct): {name}", name)
    return [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])]


def _place(tree: Form, parts: list[str], value: str, name: str) -> None:
    for part in parts[:-1]:
        tree = tree.setdefault(part or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise invalid(f"Invalid object: {name}", name)
    last = parts[-1] or str(len(tree))
    if isinstance(tree.get(last), dict):
        raise invalid(f"Invalid object: {name}", name)
    tree[last] = value
