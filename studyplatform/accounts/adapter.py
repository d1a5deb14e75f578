"""How allauth meets the rest: its letters are rows like all others."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Placeholder of behaviour; letters come with mail."""
