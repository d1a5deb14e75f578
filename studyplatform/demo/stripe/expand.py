"""`expand[]`: ids replaced by their objects, up to four levels deep, and lists that are sent only when asked for."""

from collections.abc import Callable
from typing import Any

from studyplatform.demo.stripe.errors import invalid
from studyplatform.demo.stripe.storage import Json, Store

EXPANDABLE = {
    "checkout.session": {
        "customer", "invoice", "line_items", "payment_intent", "payment_link", "setup_intent", "subscription",
    },
    "payment_intent": {"application", "customer", "latest_charge", "on_behalf_of", "payment_method", "review"},
    "charge": {
        "application", "application_fee", "balance_transaction", "customer", "failure_balance_transaction",
        "on_behalf_of", "payment_intent", "refunds", "review", "source_transfer", "transfer",
    },
    "refund": {
        "balance_transaction", "charge", "failure_balance_transaction", "payment_intent", "payment_method",
        "source_transfer_reversal", "transfer_reversal",
    },
    "balance_transaction": {"source"},
    "dispute": {"charge", "payment_intent"},
    "payout": {"balance_transaction", "failure_balance_transaction"},
    "transfer": {"balance_transaction", "destination"},
    "transfer_reversal": {"balance_transaction", "transfer"},
    "price": {"product"},
    "payment_method": {"customer"},
    "product": {"default_price", "tax_code"},
}  # fmt: skip
INCLUDED = {("checkout.session", "line_items"), ("charge", "refunds")}
Show = Callable[[Json], Json]
Include = Callable[[Json, str], Json]


class Expander:
    """Follows paths through objects. `show` makes a stored object public, `include` makes a list on request."""

    def __init__(self, store: Store, show: Show, include: Include) -> None:
        self.store, self.show, self.include = store, show, include

    def apply(self, answer: Json, paths: list[str]) -> Json:
        """Return the answer with every path expanded. Raises ApiError on a path that cannot be."""
        for path in paths:
            parts = path.split(".")
            if len([part for part in parts if part != "data"]) > 4:
                raise invalid(f"You cannot expand more than 4 levels of a property. Property: {path}", "expand")
            self._walk(answer, parts, path)
        return answer

    def _walk(self, node: Any, parts: list[str], path: str) -> None:
        if not parts or not isinstance(node, dict):
            return
        if node.get("object") == "list":
            self._walk_list(node, parts, path)
            return
        name = parts[0]
        self._check(node, name, path, inner=len(parts) > 1)
        node[name] = self._found(node, name)
        self._walk(node[name], parts[1:], path)

    def _walk_list(self, node: Json, parts: list[str], path: str) -> None:
        if parts[0] != "data" or len(parts) == 1:
            raise invalid(f"This property cannot be expanded ({parts[0]}). {HINT}", "expand")
        for item in node["data"]:
            self._walk(item, parts[1:], path)

    def _check(self, node: Json, name: str, path: str, *, inner: bool) -> None:
        kind = node.get("object", "")
        if name in EXPANDABLE.get(kind, set()) or (inner and isinstance(node.get(name), dict)):
            return
        raise invalid(f"This property cannot be expanded ({path}).", "expand")

    def _found(self, node: Json, name: str) -> Any:
        value = node.get(name)
        if (node.get("object"), name) in INCLUDED and value is None:
            return self.include(node, name)
        if not isinstance(value, str):
            return value
        found = self.store.any(value)
        return self.show(found) if found else value


HINT = "You may want to try expanding 'data' first: every path into a list begins with data."
