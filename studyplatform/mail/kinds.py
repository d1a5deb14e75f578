"""The kinds of letters a person can stop, by the name the letters give them, in words people know."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Promise] = {
    "session_reminder": _("Reminders before sessions"),
    "session_moved": _("A session gets another time"),
    "session_cancelled": _("A session does not take place"),
    "nudge": _("A note from my partner or host"),
    "cohort_opened": _("My cohort is open"),
    "opening": _("A study I know opens a cohort"),
    "scholarship_asked": _("Somebody asks for a scholarship"),
    "minimum_soon": _("My cohort still needs members"),
    "partner_named": _("I am asked to lead a subgroup"),
    "comment": _("Comments on my posts"),
    "answer": _("Answers to my comments"),
    "thanks": _("Thanks for my turns"),
    "remix": _("Somebody remixes my post"),
    "member_left": _("A member leaves my group or cohort"),
}
OTHER = _("Other news about my studies")
ALWAYS = _("My money and my places")  # the empty kind, which cannot be stopped


def name_of(kind: str) -> str | Promise:
    """Return a kind in words."""
    return NAMES.get(kind, OTHER) if kind else ALWAYS
