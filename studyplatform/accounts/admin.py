"""People on the desk: who they are, what they may, closing and reopening an account."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from studyplatform.accounts.models import Consent, User
from studyplatform.accounts.services import people
from studyplatform.kit.desk.deeds import Reason, deed
from studyplatform.kit.desk.tables import Table
from studyplatform.kit.moments import day

admin.site.unregister(Group)

AGREED = {
    "terms": _("terms"),
    "privacy": _("privacy"),
    "partner_terms": _("terms of partners"),
    "recording": _("being recorded"),
    "marketing": _("news by letter"),
}


def withdrawn(consent: Consent) -> str:
    """Say when a consent was taken back, if it was."""
    return gettext("withdrawn %(day)s") % {"day": day(consent.withdrawn_at)} if consent.withdrawn_at else ""


@admin.register(Group)
class RightsAdmin(GroupAdmin, ModelAdmin):
    """Sets of rights; who has which is chosen at the person. Only who runs the platform changes them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(User)
class PersonAdmin(Table):
    list_display = ("name", "email", "handle", "is_active", "is_staff", "language", "date_joined")
    list_display_links = ("name", "email")
    list_filter = ("is_active", "is_staff", "language")
    list_select_related = ("profile",)
    search_fields = ("email", "handle", "profile__pen_name")
    date_hierarchy = "date_joined"
    ordering = ("-date_joined",)
    filter_horizontal = ("groups",)
    RIGHTS = ("is_staff", "groups")  # chosen here by who runs the platform
    fields = (
        *("name", "email", "addresses", "services", "handle", "work", "about", "language", "time_zone", "agreed"),
        *("is_active", *RIGHTS, "is_superuser", "date_joined", "last_login", "erased_at", "changes"),
    )
    ways = (
        (_("enrollments"), "cohorts.enrollment", "person"),
        (_("payments"), "payments.payment", "buyer"),
        (_("payouts"), "payments.payout", "payee__person"),
        (_("ledger accounts"), "payments.ledgeraccount", "person"),
        (_("letters"), "mail.letter", "recipient"),
        (_("case studies"), "showcase.casestudy", "author"),
        (_("studies"), "cohorts.study", "roles__person"),
        (_("as a partner"), "cohorts.partner", "person"),
    )
    actions = ("close", "reopen")
    happened = {
        "closed": _("closed"),
        "active": _("opened again"),
        "staff": _("works at the desk"),
        "not staff": _("works at the desk no longer"),
    }

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name not in self.RIGHTS)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        people.entrust(request.user, obj, staff=obj.is_staff)  # type: ignore[arg-type]  # a superuser is signed in

    @admin.display(description=_("pen name"), ordering="profile__pen_name")
    def name(self, row: User) -> str:
        return row.name

    @admin.display(description=_("work"))
    def work(self, row: User) -> str:
        return row.profile.work if hasattr(row, "profile") else ""

    @admin.display(description=_("about me"))
    def about(self, row: User) -> str:
        return row.profile.about if hasattr(row, "profile") else ""

    @admin.display(description=_("all addresses"))
    def addresses(self, row: User) -> str:
        known = row.emailaddress_set.order_by("-primary", "email")  # type: ignore[attr-defined]  # allauth's
        sure, unsure = gettext("confirmed"), gettext("not confirmed")
        return " · ".join(f"{one.email} ({sure if one.verified else unsure})" for one in known) or "–"

    @admin.display(description=_("signs in with"))
    def services(self, row: User) -> str:
        known = row.socialaccount_set.order_by("provider")  # type: ignore[attr-defined]  # allauth's
        return " · ".join(one.get_provider_display() for one in known) or "–"

    @admin.display(description=_("agreed to"))
    def agreed(self, row: User) -> SafeString | str:
        lines = (
            (AGREED.get(one.kind, one.kind), one.version, day(one.at), withdrawn(one))
            for one in row.consents.order_by("-at")
        )
        return format_html_join("", "<div>{} {} · {} {}</div>", lines) or "–"

    close = deed(
        _("Close the account"),
        lambda actor, row, said: people.close(actor, row, note=said["note"]),
        says=_("They are signed out everywhere, cannot sign in and get no letters. What they wrote and paid stays."),
        done=_("closed"),
        form=Reason,
    )
    reopen = deed(
        _("Open the account again"),
        lambda actor, row, said: people.reopen(actor, row, note=said["note"]),
        says=_("They can sign in again and get letters again."),
        done=_("open again"),
        form=Reason,
    )
