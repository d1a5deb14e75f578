"""Pages of a list, newest first: limit, starting_after, ending_before, created."""

from typing import Any

from studyplatform.demo.stripe.errors import invalid, no_such
from studyplatform.demo.stripe.params import Either, Hash, Integer, Many, Schema, Text
from studyplatform.demo.stripe.storage import Json, Store

EXPAND: Schema = {"expand": Many(Text())}
PAGE: Schema = {**EXPAND, "limit": Integer(1, 100), "starting_after": Text(), "ending_before": Text()}
CREATED: Schema = {"created": Either(Integer(), Hash({name: Integer() for name in ("gt", "gte", "lt", "lte")}))}
SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
Condition = tuple[str, tuple[object, ...]]


def page(store: Store, kind: str, url: str, params: dict[str, Any], *conditions: Condition) -> Json:
    """Return one page of the objects of a kind that fulfil all conditions."""
    found = [*conditions, *times(params, "created"), *_cursor(store, kind, params)]
    where = " AND ".join(["1", *(sql for sql, _ in found)])
    values = [value for _, given in found for value in given]
    limit = params.get("limit", 10)
    order = "ASC" if "ending_before" in params else "DESC"
    rows = store.select(kind, where, *values, tail=f"ORDER BY seq {order} LIMIT {limit + 1}")
    return wrap(url, _in_order(rows[:limit], order), more=len(rows) > limit)


def wrap(url: str, data: list[Json], *, more: bool = False) -> Json:
    """Return the list object around some data."""
    return {"object": "list", "data": data, "has_more": more, "url": url}


def cut(url: str, items: list[Json], params: dict[str, Any]) -> Json:
    """Return one page of a short list that is at hand as a whole."""
    names = [item["id"] for item in items]
    start, end = 0, len(items)
    if "starting_after" in params:
        start = _place(names, params["starting_after"], "starting_after") + 1
    if "ending_before" in params:
        end = _place(names, params["ending_before"], "ending_before")
    limit = params.get("limit", 10)
    part = items[start:end]
    chosen = part[-limit:] if "ending_before" in params else part[:limit]
    return wrap(url, chosen, more=len(part) > limit)


def equals(params: dict[str, Any], *names: str) -> list[Condition]:
    """Return conditions for those of the named parameters that were sent."""
    return [(f"json_extract(body, '$.{name}') = ?", (params[name],)) for name in names if name in params]


def owned(account: str) -> Condition:
    """Return the condition that an object is the platform's own (no account), or a connected account's."""
    return ("coalesce(json_extract(body, '$._account'), '') = ?", (account,))


def times(params: dict[str, Any], name: str) -> list[Condition]:
    """Return the conditions of a moment: one second, or from and until."""
    given = params.get(name)
    if given is None:
        return []
    column = f"json_extract(body, '$.{name}')" if name != "created" else name
    if isinstance(given, int):
        return [(f"{column} = ?", (given,))]
    return [(f"{column} {SIGNS[sign]} ?", (value,)) for sign, value in given.items()]


def _cursor(store: Store, kind: str, params: dict[str, Any]) -> list[Condition]:
    if "starting_after" in params and "ending_before" in params:
        raise invalid("You cannot parameterize ending_before and starting_after simultaneously.", "ending_before")
    for name, sign in (("starting_after", "<"), ("ending_before", ">")):
        if name in params:
            found = store.rows("SELECT seq FROM objects WHERE id = ? AND kind = ?", params[name], kind)
            if not found:
                raise no_such(kind, params[name], name, status=400)
            return [(f"seq {sign} ?", (found[0]["seq"],))]
    return []


def _in_order(rows: list[Json], order: str) -> list[Json]:
    return rows[::-1] if order == "ASC" else rows


def _place(names: list[str], name: str, param: str) -> int:
    if name not in names:
        raise no_such("item", name, param, status=400)
    return names.index(name)
