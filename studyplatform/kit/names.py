"""What tables and columns are called on the desk. A name a model gives itself comes first; these are for the others.

Named here, and not on every model, so that a word is translated once and no migration is made for it.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy, gettext_noop

WORDS = {
    # tables: one, many
    *(gettext_noop("user"), gettext_noop("users"), gettext_noop("partner"), gettext_noop("partners")),
    *(gettext_noop("study"), gettext_noop("studies"), gettext_noop("study role"), gettext_noop("study roles")),
    *(gettext_noop("cohort"), gettext_noop("cohorts"), gettext_noop("subgroup"), gettext_noop("subgroups")),
    *(gettext_noop("enrollment"), gettext_noop("enrollments"), gettext_noop("membership"), gettext_noop("memberships")),
    *(gettext_noop("leadership"), gettext_noop("leaderships"), gettext_noop("letter"), gettext_noop("letters")),
    *(gettext_noop("case study"), gettext_noop("case studies")),
    # columns
    *(gettext_noop("email"), gettext_noop("handle"), gettext_noop("language"), gettext_noop("time zone")),
    *(gettext_noop("is active"), gettext_noop("is staff"), gettext_noop("date joined"), gettext_noop("erased at")),
    *(gettext_noop("person"), gettext_noop("state"), gettext_noop("notes"), gettext_noop("kind")),
    *(gettext_noop("period"), gettext_noop("title"), gettext_noop("promise"), gettext_noop("slug")),
    *(gettext_noop("wording"), gettext_noop("payee"), gettext_noop("for whom"), gettext_noop("not for")),
    *(gettext_noop("host words"), gettext_noop("created at"), gettext_noop("changed at"), gettext_noop("number")),
    *(gettext_noop("minimum"), gettext_noop("minimum by"), gettext_noop("starts on"), gettext_noop("meets at")),
    *(gettext_noop("zone"), gettext_noop("minutes"), gettext_noop("weeks"), gettext_noop("closes at")),
    *(gettext_noop("currency"), gettext_noop("policy"), gettext_noop("posts needed"), gettext_noop("opened at")),
    *(gettext_noop("called off at"), gettext_noop("refunded at"), gettext_noop("public id"), gettext_noop("terms")),
    *(gettext_noop("hold until"), gettext_noop("introduction"), gettext_noop("came from kind")),
    *(gettext_noop("came from id"), gettext_noop("joined at"), gettext_noop("since"), gettext_noop("until")),
    *(gettext_noop("topic"), gettext_noop("taken"), gettext_noop("capacity"), gettext_noop("weekday")),
    *(gettext_noop("subject"), gettext_noop("address"), gettext_noop("recipient"), gettext_noop("about")),
    *(gettext_noop("error"), gettext_noop("attempts"), gettext_noop("due at"), gettext_noop("done at")),
    *(gettext_noop("expires at"), gettext_noop("withdrawn at"), gettext_noop("claimed at"), gettext_noop("author")),
    *(gettext_noop("summary"), gettext_noop("visibility"), gettext_noop("indexed"), gettext_noop("field")),
    *(gettext_noop("credit"), gettext_noop("published at"), gettext_noop("edited at"), gettext_noop("buyer")),
    *(gettext_noop("account"), gettext_noop("event id"), gettext_noop("object id"), gettext_noop("received at")),
    *(gettext_noop("cause"), gettext_noop("line"), gettext_noop("amount"), gettext_noop("method")),
    *(gettext_noop("paid at"), gettext_noop("provider"), gettext_noop("reference"), gettext_noop("batch")),
    *(gettext_noop("reason"), gettext_noop("country"), gettext_noop("rail"), gettext_noop("bank")),
    *(gettext_noop("holder"), gettext_noop("enabled"), gettext_noop("at"), gettext_noop("session")),
    *(gettext_noop("version"), gettext_noop("sample"), gettext_noop("destination"), gettext_noop("stripe account")),
    *(gettext_noop("account ending"), gettext_noop("intent"), gettext_noop("taken back at")),
    gettext_noop("group"),  # the seats of a company
}


def speak(models: Iterable[Any]) -> None:
    """Give models and fields that name themselves nothing a name in the reader's language."""
    for model in models:
        opts = model._meta
        opts.verbose_name, opts.verbose_name_plural = _named(opts.verbose_name), _named(opts.verbose_name_plural)
        for field in opts.get_fields():
            if getattr(field, "_verbose_name", "") is None:
                field.verbose_name = _named(field.verbose_name)


def _named(word: Any) -> Any:
    return gettext_lazy(str(word)) if str(word) in WORDS else word


# Words of unfold, which has no Korean: named here so that our catalogue may translate them.
BORROWED = (
    *(gettext_noop("Type to search"), gettext_noop("Select all rows"), gettext_noop("Select record")),
    *(gettext_noop("Run"), gettext_noop("Run the selected action"), gettext_noop("Clear selection")),
    *(gettext_noop("Search apps and models..."), gettext_noop("Go back"), gettext_noop("Show all")),
    *(gettext_noop("Light"), gettext_noop("Dark"), gettext_noop("System"), gettext_noop("View site")),
    *(gettext_noop("Reset filters"), gettext_noop("Apply Filters"), gettext_noop("Clear all filters")),
    *(gettext_noop("No results found"), gettext_noop("More actions"), gettext_noop("Toggle sorting")),
    gettext_noop("This page yielded into no results. Create a new item or reset your filters."),
    gettext_noop("You don’t have permission to view or edit anything."),
)
