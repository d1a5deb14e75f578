"""Where each row of the table goes, and what a browser would send there. `name.variant` is the same page about
another thing."""

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.services import leaving, moving
from studyplatform.kit.months import Month
from tests.access.world import World, picture_file
from tests.accounts.test_joining import NEW
from tests.accounts.test_profile import FILLED
from tests.cohorts.asking import APPLICATION
from tests.cohorts.hosting import STUDY, plan
from tests.payments.buying import signed
from tests.payments.companies import ASKED, PLAN
from tests.people import PASSWORD
from tests.showcase.make import filled

EVENT = {
    "id": "evt_matrix",
    "object": "event",
    "type": "checkout.session.expired",
    "data": {"object": {"id": "cs_nobodys", "object": "checkout.session"}},
}
SPACE = ("sessions", "people", "groups", "turns", "cases", "space")
JOINING = ("join", "waiting", "cohort", "seats_fragment", "scholarship", "scholarship_withdraw")
STUDIO_STUDY = ("coupons", "credits", "study", "study_edit", "cohort_new", "refunds")
STUDIO = (
    "cohort",
    "cohort_edit",
    "cohort_refunds",
    "cohort_open",
    "cohort_close",
    "cohort_reopen",
    "call_off",
    "deposits",
    "outside",
    "seat_groups",
)
STUDIO_LISTS = ("groups", "sessions", "people", "people_export", "preview", "presale", "scholarships")
API = ("cohort", "subgroups", "sessions")
ADMIN_THINGS = {"change", "delete", "history"}


def arguments(world: World) -> dict[str, list[Any]]:
    """Return what each address names, by row; rows that are not here name nothing."""
    study, cohort, draft = world.study, world.cohort, world.draft_cohort
    here, there, drafted = ([study.slug, one.number] for one in (cohort, world.second, draft))
    session, last, own = ([*here, row.public_id] for row in (world.session, world.last_session, world.group_session))
    posts = {name: getattr(world, name) for name in ("public", "private", "inside", "removed")}
    return {
        **dict.fromkeys((*SPACE, *JOINING, "leave", "move", "give"), here),
        **{f"{name}.draft": drafted for name in (*SPACE, *JOINING)},
        **{name: [study.slug, world.full.number] for name in ("waiting.full", "waiting_leave")},
        **dict.fromkeys(("join.free", "studio_again"), there),
        **{name: [study.slug, world.copied.number] for name in ("studio_copy", "studio_partners_ask")},
        "studio_cohort_reopen.closed": [study.slug, world.closed_cohort.number],
        **{f"studio_{name}": [study.slug] for name in STUDIO_STUDY},
        **{f"studio_{name}": here for name in (*STUDIO, *STUDIO_LISTS)},
        **{f"studio_{name}.draft": drafted for name in ("cohort", "cohort_open", "preview", "presale")},
        **dict.fromkeys(("session", "session_enter", "turn_pass", "studio_session"), session),
        **dict.fromkeys(("turn_take", "studio_session_cancel"), last),
        **{f"{name}.group": own for name in ("session", "session_enter", "turn_take")},
        **{name: [*world.presented.session.address_parts, 1] for name in ("thanks", "thanks_back")},
        "session_ics": [world.session.public_id],
        "session_ics.group": [world.group_session.public_id],
        "group_choose": [*here, world.other_group.position],
        "studio_scholarship_answer": [*here, world.application.public_id],
        "studio_coupon_off": [study.slug, world.coupon.pk],
        "studio_credit_back": [study.slug, world.credit.pk],
        "studio_cohort_credit": here,
        "member_credit": [world.place.public_id],
        "studio_group": [*here, world.group.pk],
        "studio_terms": [*here, world.people["partner"].handle],
        "studio_group_remove": [*here, world.empty_group.pk],
        **{name: [world.place.public_id] for name in ("member", "member_nudge", "member_note")},
        "member_refund": [world.paid.lines.get().enrollment.public_id],
        "member_move": [world.place.public_id],
        "seat_group_new": [study.slug, world.company.cohort.number],
        "group_seat": [world.company.token],
        "group_seat.guessed": ["2" * 32],
        **{
            key: [world.company.public_id]
            for key in ("seat_group", "seat_group_people", "seat_group_link", "seat_group_back")
        },
        **{key: [world.quote.public_id] for key in ("seat_group.quote", "seat_group_accept")},
        **{
            name: [study.slug, world.overdue.cohort.number, world.overdue.public_id]
            for name in ("studio_seat_group_extend", "studio_seat_group_end")
        },
        "seat_group_attendance": [world.company.public_id, "csv"],
        **dict.fromkeys(("group_consent", "agree"), here),
        "seat_group_take_back": [world.company.public_id, world.company.invitations.get().pk],
        "seat_group_replace": [world.company.public_id, world.company.places.exclude(person=None).get().public_id],
        "partner_group": [world.group.pk],
        "studio_place": [*here, world.place.public_id],
        "calendar_feed": [world.people["member"].calendar_token],
        "calendar_feed.guessed": ["2" * 32],
        **{
            name: [world.paid.public_id] for name in ("checkout_return", "checkout_page", "checkout_give_up", "receipt")
        },
        **{f"{name}.open": [world.open.public_id] for name in ("checkout_return", "checkout_page", "checkout_give_up")},
        **{name: [world.deposit.public_id] for name in ("checkout_deposit", "checkout_return.deposit")},
        **{f"case_short.{name}": [row.public_id] for name, row in posts.items()},
        **{f"case_study.{name}": [row.public_id, row.slug] for name, row in posts.items()},
        **{f"cover.{name}": [row.public_id] for name, row in posts.items()},
        **{f"social_case.{name}": [row.public_id] for name, row in posts.items()},
        **{f"case_remix.{name}": [row.public_id] for name, row in posts.items()},
        **{f"comments.{name}": [row.public_id] for name, row in posts.items()},
        **{f"comment_form.{name}": [posts[name].public_id] for name in ("public", "inside")},
        "comment_remove": [posts["public"].public_id, world.comment.public_id],
        "comment_remove.strangers": [posts["public"].public_id, world.strangers_comment.public_id],
        **{f"cohort_case.{name}": [*here, row.public_id] for name, row in posts.items()},
        **{f"picture.{name}": [getattr(world, f"{name}_picture").public_id] for name in posts if name != "removed"},
        **{name: [posts["private"].public_id] for name in ("case_edit", "case_draft", "case_pictures", "case_preview")},
        "media": ["faces/matrix.webp"],
        "media.other": ["other/matrix.webp"],
        "statement": [Month.of(timezone.now())],
        **{name: [Month.of(timezone.now()), "csv"] for name in ("statement_file", "books_file")},
        "money_event": [world.booked.pk],
        "tax_statement": [2027],
        "cash_receipt": [world.paid.public_id],
        "cash_receipt.bank": [world.by_bank.public_id],
        "stop_letters": [world.people["member"].mail_token, "session_reminder"],
        "stop_letters.guessed": ["2" * 32, "session_reminder"],
        "partner_invitation": [world.invitation.token],
        "partner_invitation.guessed": ["2" * 32],
        "seat_gift": [world.gift.token],
        "seat_gift.guessed": ["2" * 32],
        **{name: [study.slug] for name in ("study", "follow", "follow_stop")},
        "person": [world.people["host"].handle],
        "person.stranger": [world.people["stranger"].handle],
        **{name: [study.slug] for name in ("api_study", "api_study_cohorts")},
        **{f"api_{name}": here for name in (*API, "join", "waiting")},
        "api_deposit": [world.deposit.public_id],
        **{f"api_{name}": [posts["private"].public_id] for name in ("my_case", "publication", "pictures")},
        **{f"api_{name}.draft": drafted for name in API},
        **{f"api_case_study.{name}": [row.public_id] for name, row in posts.items()},
        "api_nowhere": ["nothing/"],
        **{name: [world.session.public_id] for name in ("api_turn_take", "api_turn_pass")},
        "api_token_revoke": [world.token.pk],
        "social_study": [study.slug],
        "banner": [study.slug, "design"],
        "sitemap_section": ["studies"],
        "account_reset_password_from_key": ["1", "guessed"],
        "admin:app_list": ["payments"],
        "admin:view_on_site": ["1", "1"],
    }


def address(name: str, world: World) -> str:
    """Return the address a row tries."""
    bare = name.partition(".")[0]
    if bare.startswith("/"):
        return bare
    known = arguments(world)
    if name.startswith("admin:") and name.rpartition("_")[2] in ADMIN_THINGS and name.count("_") > 1:
        known[name] = [world.payee.pk]
    return reverse(bare, args=known.get(name, []))


def body(name: str, world: World, browser: Client) -> dict[str, Any]:
    """Return an otherwise valid body for a POST, as keyword arguments of the test client's `post`."""
    if name.startswith("stripe_webhook"):
        request = signed(EVENT, secret="whsec_of_another" if name.endswith("forged") else "")
        return {key: value for key, value in request.items() if key != "path"}
    if name == "case_draft":
        return {"data": filled(version="1", stamp="w:1"), "content_type": "application/json"}
    form = _form(name.partition(".")[0], world)
    page = browser.get(reverse("write")) if name == "write" else None
    return {"data": {**form, "fresh": page.context["fresh"]} if page and page.context else form}


def _form(name: str, world: World) -> dict[str, Any]:
    group = {"topic": "새 모임", "weekday": "2", "meets_at": "20:00", "minutes": "60", "capacity": "4", "count": "1"}
    start = world.session.starts_at.astimezone(world.cohort.tz)
    later = {"to": world.later.number, "seen": moving.quote(world.place, world.later).word}
    session = {"day": start.date().isoformat(), "clock": "19:00", "minutes": "90", "title": "첫 모임"}
    new = {"password1": "quite-another-one", "password2": "quite-another-one"}
    forms: dict[str, dict[str, Any]] = {
        "turn_pass": {"reason": "출장이 생겼어요."},
        "studio_new": STUDY,
        "studio_study_edit": STUDY,
        "studio_cohort_new": plan(),
        "studio_cohort_edit": plan(),
        "studio_groups": group,
        "studio_group": {**group, "weekday": world.group.weekday, "meets_at": "21:00"},
        "studio_terms": {"per_session": "10,000", "sure": "1"},
        "partner_apply": APPLICATION,
        "partner_invitation": {"answer": "yes", "agree": "on"},
        "people": {"introduction": "을지로에서 인쇄소를 해요."},
        "studio_session": session,
        **{name: {"words": "잘 지내요?"} for name in ("member_nudge", "member_note")},
        "studio_place": {"subgroup": world.other_group.pk},
        **{key: {"terms": "on"} for key in ("join", "group_seat")},
        "seat_group_new": ASKED,
        "seat_group_people": {"emails": "new@example.com"},
        "seat_group_back": {"seats": world.company.places.filter(state="reserved")[0].public_id, "seen": 0, "sure": 1},
        "studio_seat_groups": PLAN,
        "studio_presale": {"opens_clock": "10:00", "alumni_hours": "0", "followers_hours": "0"},
        "scholarship": {"words": "학생이에요."},
        "studio_scholarships": {"places": "3", "percent": "40"},
        "studio_scholarship_answer": {"answer": "yes"},
        "studio_coupons": {"code": "봄-2027", "percent": "15", "limit": "20"},
        "member_credit": {"amount": "1,000", "words": "고마워요.", "key": "3333333333"},
        "studio_cohort_credit": {
            "amount": "1,000",
            "words": "고마워요.",
            "key": "4444444444",
            "whom": "all",
            "sure": "on",
        },
        "studio_credit_back": {"reason": "잘못 드렸어요."},
        "member_refund": {"amount": "1,000", "reason": "미안해요.", "key": "2222222222"},
        "give": {"name": "지우", "email": "friend@example.com"},
        "seat_gift": {"answer": "yes", "terms": "on"},
        "leave": {"seen": leaving.quote(world.place).amount},
        **dict.fromkeys(("move", "member_move"), later),
        "demo_become": {"person": "host"},
        "demo_move": {"moment": "payday"},
        "checkout_return": {"introduction": "을지로에서 인쇄소를 해요."},
        "checkout_deposit": {"depositor": "배소라", "bank": "신한", "holder": "배소라", "account": "110-222-333444"},
        "studio_outside": {"lines": "email,name,amount\nout@example.org,김밖,1000", "sure": "1"},
        "studio_deposits": {
            "on": "on",
            "bank": "신한",
            "holder": "두루",
            "account": "110-111-222333",
            "hours": "24",
            "share": "9",
        },
        "payee": {
            "country": "KR",
            "bank": "국민은행",
            "holder": "정은혜",
            "account": "110-123-456789",
            "currency": "KRW",
        },
        "payee_tax": {"kind": "business", "business_number": "123-45-67891", "business_name": "한빛상회"},
        "cash_receipt": {"purpose": "person", "number": "010-1234-5678"},
        "payee_resident": {"number": "900101-1234567"},
        "write": filled(),
        "thanks": {"words": "까만 종이 하나로 다 열었어요."},
        "comments": {"text": "감열지 영수증도 읽히던가요?"},
        "case_edit": {**filled(), "version": "1"},
        "case_pictures": {"picture": picture_file()},
        "profile": FILLED,
        "api_tokens": {"name": "달력", "scopes": ["read"], "days": "30"},
        "letters": {"kind": ["session_moved"]},
        "notifications": {"until": timezone.now().isoformat()},
        "set_language": {"language": "en"},
        "account_login": {"login": "stranger@example.com", "password": PASSWORD},
        "account_signup": NEW,
        "account_request_login_code": {"email": "stranger@example.com"},
        "account_reset_password": {"email": "stranger@example.com"},
        "account_change_password": {"oldpassword": PASSWORD, **new},
        "account_reauthenticate": {"password": PASSWORD},
        "account_email": {"action_add": "", "email": "second@example.com"},
        "admin_queues": {"queue": "payments.drain_payments", "row": world.open.pk},
        "admin:password_change": {
            "old_password": PASSWORD,
            "new_password1": new["password1"],
            "new_password2": new["password1"],
        },
    }
    return forms.get(name, {})
