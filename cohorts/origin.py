"""What led somebody to a page where they join: the case study they come from, in the same visit only."""

import re
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest

PUBLIC_ID = re.compile(r"^[2-9a-z]{6,16}$")


def origin_of(request: HttpRequest) -> str:
    """Return the post that led here: from this address, or from the same-site page the reader comes from."""
    before = urlsplit(request.headers.get("Referer", ""))
    same_site = before.netloc == request.get_host()
    return request.GET.get("from") or (parse_qs(before.query).get("from", [""])[0] if same_site else "")


def as_kept(public_id: str) -> tuple[str, str]:
    """Return kind and id of the post that led here; anything that is no public id is left out."""
    return ("case_study", public_id) if PUBLIC_ID.match(public_id) else ("", "")
