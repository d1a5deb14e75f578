"""Tags of the look; every template has them without loading.

{% current "home" "posts" %}              aria-current="page" on the pages with these names
{% icon "check" %}                        an icon of static/img/icons.svg
{% avatar person %} {% avatar person "lg" %}   face or initials; person has .pk, .name, maybe .picture; xs sm lg xl
{{ 150000|money:"KRW" }}                  150,000원 / ₩150,000
{% moment at zone %}                      <time>: day and clock; the zone named unless a third word "short" is given
{% moment at %}                           the same in the reader's zone
{{ at|day_in:zone }} {{ at|clock:zone }} {{ at|weekday:zone }} {{ at|moment_in:zone }} {{ zone|zone_name }}
{{ month|month }}                          "March 2026"
{{ at|near_day }}                         "today", "tomorrow", or the day
{% date_tile date %}                      month over day
{% field form.name %}                     label, control, help and error of a form field
{{ story|cover_url }}                     a post's own picture, else its cloth
"""

import datetime
import re
from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from studyplatform.kit import moments
from studyplatform.kit import money as money_of

register = template.Library()

SIZES = {"xs": 24, "sm": 32, "": 40, "lg": 56, "xl": 88}

register.filter("day_in", moments.day)
register.filter("near_day", moments.near_day)
register.filter("long_day", moments.long_day)
register.filter("month", moments.month)
register.filter("clock", moments.clock)
register.filter("weekday", moments.weekday)
register.filter("moment_in", moments.moment)
register.filter("zone_name", moments.zone_name)


@register.simple_tag(takes_context=True)
def current(context: dict[str, Any], *names: str) -> SafeString:
    """Return the attribute that marks a link to the page one is on, by the names of addresses."""
    match = getattr(context.get("request"), "resolver_match", None)
    return SafeString('aria-current="page"' if match and match.url_name in names else "")


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon; it never stands alone, so readers of the screen skip it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#i-{}"></use></svg>', static("img/icons.svg"), name
    )


@register.filter
def money(amount: int, currency: str) -> str:
    """Return minor units as people write them."""
    return money_of.show(amount, currency)


@register.simple_tag
def moment(at: datetime.datetime, zone: str | None = None, style: str = "") -> SafeString:
    """Return a moment with its machine-readable twin, which static/js adds the reader's own time to."""
    name = f" {moments.zone_name(zone)}" if zone and style != "short" else ""
    return format_html(
        '<time datetime="{}"{}><span class="nowrap">{}</span>{}</time>',
        moments.in_zone(at, zone).isoformat(),
        format_html(' data-local="{}"', _("your time:")) if zone else "",
        moments.moment(at, zone),
        format_html('<span class="zone">{}</span>', name) if name else "",
    )


@register.inclusion_tag("ui/_date.html")
def date_tile(date: datetime.date) -> dict[str, Any]:
    """Return a tile of month over day."""
    return {"date": date}


@register.simple_tag
def avatar(person: Any, size: str = "") -> SafeString:
    """Return a person's face: their picture, else initials on the dye of their id."""
    css = f"avatar avatar-{size}" if size else "avatar"
    picture = picture_address(person)
    if picture:
        side = SIZES[size]
        return format_html('<img class="{}" src="{}" alt="" width="{}" height="{}">', css, picture, side, side)
    dye = (int(person.pk or 0)) % 8 + 1
    return format_html('<span class="{} dye-{}" aria-hidden="true">{}</span>', css, dye, initials(person.name, size))


def picture_address(person: Any) -> str:
    """Return where a person's picture is, or ""."""
    if hasattr(person, "profile"):
        person = person.profile
    picture = getattr(person, "picture", "")
    if not picture:
        return ""
    return str(picture.url) if hasattr(picture, "url") else reverse("media", args=[picture])


def initials(name: str, size: str = "") -> str:
    """Return two syllables of a Korean given name (one when tiny), else two capitals."""
    name = name.strip()
    if any("가" <= letter <= "힣" for letter in name):
        given = name.split()[-1]
        given = given[-2:] if len(given) > 1 else given
        return given[-1] if size == "xs" else given
    words = name.split() or ["?"]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])
    return letters.upper()[:1] if size == "xs" else letters.upper()


@register.filter
def first_sentences(text: str, most: int = 160) -> str:
    """Return the first whole sentences of a text, as many as fit and at least one: nobody is cut off."""
    said = ""
    for sentence in re.split(r"(?<=[.!?])\s+", text.strip()):
        if said and len(said) + len(sentence) > most:
            break
        said = f"{said} {sentence}".strip()
    return said


@register.filter
def cover_url(story: Any) -> str:
    """Return the address of a post's cover."""
    if story.cover_id and story.cover:
        return reverse("picture", args=[story.cover.public_id])
    return reverse("cover", args=[story.public_id])


@register.simple_tag
def field(bound: BoundField, style: str = "", label: str = "") -> SafeString:
    """Return a form field with label, help and error, each tied to its control; "given" has an answer already.

    `label` is said instead of the field's own.
    """
    bound.label = label or bound.label
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "select" if hasattr(widget, "choices") else "textarea")
    kind = "radio" if kind == "checkbox" and hasattr(widget, "choices") else kind  # several boxes: a group as well
    described = [
        f"{bound.auto_id}_{part}" for part, there in (("help", bound.help_text), ("error", bound.errors)) if there
    ]
    attributes: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if kind not in ("checkbox", "radio", "file"):
        attributes["class"] = f"input {widget.attrs.get('class', '')}".strip()
    return render_to_string(
        "ui/_field.html",
        {"field": bound, "kind": kind, "style": style, "control": bound.as_widget(attrs=attributes)},
    )
