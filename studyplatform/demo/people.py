"""Whom one can be in the demo with one click, and the page each of them looks at first."""

from dataclasses import dataclass

from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from studyplatform.accounts.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Somebody:
    """A role to look from: the name in its address, its word, where it looks first."""

    name: str
    word: object
    first_page: str

    @property
    def email(self) -> str:
        """The address of the account; nobody's has none."""
        return f"{self.name}@example.com" if self.name != NOBODY else ""


NOBODY = "nobody"
PEOPLE = {
    one.name: one
    for one in (
        Somebody("host", _("Host"), "studio"),
        Somebody("partner", _("Partner"), "partner_desk"),
        Somebody("member", _("Member"), "home"),
        Somebody("newcomer", _("Newcomer"), "studies"),
        Somebody("admin", _("Platform"), "admin:index"),
        Somebody(NOBODY, _("Signed out"), "front"),
    )
}


def become(request: HttpRequest, one: Somebody) -> bool:
    """Sign the browser in as somebody, or out; False when this world has no such account."""
    if one.name == NOBODY:
        logout(request)
        return True
    user = User.objects.filter(email=one.email, is_active=True).first()
    if user is None:
        return False
    login(request, user, backend=BACKEND)
    return True
