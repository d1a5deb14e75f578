"""What the sheet of components (/ui/) shows: a sample of every state, in the shape the includes of pages ask for."""

import datetime
from base64 import b64encode
from types import SimpleNamespace as Sample
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.templatetags.static import static

from studyplatform.kit import covers

SECTIONS = [
    ("colour", "Colour by role", "tokens.css", "Indigo is for actions only. Members’ work is the rest of the colour."),
    ("covers", "Covers", ".cover", "Field gives the dyes, id gives the pattern. A remix wears a patch of its parent."),
    ("stories", "Stories and lineage", ".story .lineage", "The title is the link and covers the whole story."),
    ("cohorts", "Cohort rows", ".cohort .date", ""),
    (
        "buttons",
        "Buttons",
        ".btn .actions",
        "One primary per view. One that cannot act yet stays pressable and says why.",
    ),
    (
        "fields",
        "Fields",
        ".field .input .check",
        "Label above, help under it, error under the field. Optional is marked.",
    ),
    ("badges", "Badges and tags", ".badge .tag", "A badge is a state and never pressable, a tag always is."),
    ("people", "People and thanks", ".avatar .person .thanks", "The dye follows the person."),
    ("alerts", "Alerts and toasts", ".alert .toast", "Bold fact, one sentence, at most one link."),
    ("jobs", "A long job", ".steps .dot .bar", "Named steps, what is done, what is left."),
    ("tables", "Tabs, table, pages", ".tabs .table .pager", ""),
    ("empty", "Empty and loading", ".empty .bone", "Why it is empty, one action, one example."),
    ("price", "Price box and questions", ".price .ladder .faq", ""),
    ("dialog", "Dialog and menu", ".dialog .menu", "Only to confirm what cannot be undone, or to choose one thing."),
    ("queue", "Queue and week", ".queue .week", "The turn that is on stands in an ink frame."),
    ("editor", "Editor and prompt", ".editor .prompt", ""),
    ("comments", "Comments and prose", ".comment .prose", ""),
    ("figures", "Figures and facts", ".stat .bars .facts", ""),
    ("bars", "Bell and bars", ".bell .joinbar .tabbar .bulk", "At most one bar at the bottom at a time."),
    ("board", "Board", ".board .group .slip", "Each slip has a menu doing what a drag does."),
]
ROLES = ("paper", "surface", "sunken", "ink", "ink-2", "accent", "good", "warn", "bad", "data-1", "data-2", "data-3")
FAR = datetime.datetime(2099, 3, 9, 11, tzinfo=datetime.UTC)  # so that no state changes by the clock
PAST = FAR.replace(year=2020)
WEEK = {"Mon": "", "Tue": "You publish", "Wed": "", "Thu": "You meet", "Fri": "", "Sat": "You read", "Sun": ""}
TOOLS = {"heading": "Heading", "bold": "Bold", "list": "List", "quote": "Quote", "code": "Prompt", "image": "Picture"}
TABS = {"home": "Home", "people": "Studies", "pen": "Write", "book": "Cases", "person": "Me"}
PROMPT = "There are six receipts in this picture.\nWrite one line for each.\nIf a digit is hard to read, write “?”."


class Fields(forms.Form):
    """A field of each kind: plain, with help, wrong, optional, chosen."""

    work = forms.CharField(label="What do you do?", help_text="One line. Others see it next to your name.")
    title = forms.CharField(label="Title of your post", max_length=60)
    group = forms.ChoiceField(label="Subgroup", required=False, choices=[("1", "Small shops, Thursday 21:00")])
    note = forms.CharField(label="Note to your partner", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    hours = forms.ChoiceField(
        label="Which hours suit you?",
        widget=forms.RadioSelect,
        choices=[("evening", "Weekday evenings"), ("morning", "Early mornings")],
    )
    terms = forms.BooleanField(label="I have read the refund rule", help_text="150,000 won back until 8 March")
    news = forms.BooleanField(label="Tell me about new studies", required=False)


def context() -> dict[str, Any]:
    """Return everything the sections show."""
    people = [_person(n, *who) for n, who in enumerate(PEOPLE, 1)]
    pictured = Sample(pk=9, name="Grace Kim", picture=Sample(url=static("img/icon-192.png")))
    return {
        "sections": [_section(*one) for one in SECTIONS],
        "roles": ROLES,
        "covers": [_cover(1000 + n, field) for n, field in enumerate(covers.DYES)]
        + [_cover(7, "food", (1000, "design"))],
        "fields": Fields(
            {"work": "I run an optician’s shop", "title": "How I stopped " * 5, "hours": "evening", "news": True}
        ),
        "people": people,
        "pictured": pictured,
        "turns": [
            Sample(state=state, session=Sample(stage="coming")) for state in ("claimed", "ready", "live", "done")
        ],
        "stages": [Sample(stage=stage, sequence=1) for stage in ("live", "soon", "cancelled", "over", "coming")],
        "bars": [
            _bar("Small shops", 11),
            _bar("Classroom", 14, "bar-full", "full"),
            _bar("Half past six", 15, "bar-over"),
        ],
        "page": Paginator(range(60), 20).page(2),
        **_cohorts(),
        **_session(people),
        **_comments(people),
        "rungs": [("before 8 March", 150_000), ("before 27 March", 100_000), ("before 5 April", 75_000)],
        "week": WEEK.items(),
        "tools": TOOLS.items(),
        "tabs": TABS.items(),
        "prompt": PROMPT,
    }


PEOPLE = [
    ("정은혜", "을지로에서 19년째 인쇄소 운영"),
    ("Amara Okafor", "Dental clinic manager, Leeds"),
    ("황준서", "철물점"),
    ("Li", "Teaches chemistry"),
]


def _section(name: str, title: str, classes: str, rule: str) -> dict[str, str]:
    return {"name": name, "title": title, "classes": classes, "rule": rule, "template": f"ui/sheet/{name}.html"}


def _person(pk: int, name: str, work: str) -> Sample:
    return Sample(pk=pk, name=name, profile=Sample(picture="", work=work))


def _cover(seed: int, field: str, parent: tuple[int, str] | None = None) -> str:
    """Return a cover as an address that holds it: no post of the database is needed."""
    return f"data:image/svg+xml;base64,{b64encode(covers.cover(seed, field, parent).encode()).decode()}"


def _bar(name: str, value: int, style: str = "", words: str = "") -> dict[str, Any]:
    return {"name": name, "value": value, "style": style, "words": words or f"{value} of 14"}


def _cohort(number: int, state: str, left: int, **changed: Any) -> Sample:
    study = Sample(title="AI at work", slug="ai-at-work", language="en", promise="Eight weeks, one thing changed.")
    study.get_absolute_url = "/studies/ai-at-work/"
    values = {"starts_on": FAR.date(), "amount": 150_000, "is_joinable": state == "open", "people": 0, **changed}
    fixed = {"weeks": 8, "meets_at": datetime.time(20), "zone": "Asia/Seoul", "currency": "KRW", "closes_at": FAR}
    address = f"/studies/ai-at-work/cohorts/{number}/"
    seats = Sample(left=left, free=left, waiting=0, capacity=300)
    named = {"number": number, "run_name": f"cohort {number}", "get_absolute_url": address}
    return Sample(state=state, study=study, seats=seats, **named, **fixed, **values)


def _cohorts() -> dict[str, Any]:
    first, past = _cohort(9, "open", 41), {"starts_on": PAST.date(), "people": 288}
    others = [_cohort(10, "open", 0), _cohort(8, "closed", 12, **past), _cohort(11, "closed", 3)]
    gone = [_cohort(7, "finished", 0, **past), _cohort(6, "called_off", 200), _cohort(5, "open", 4, amount=0)]
    full, usual = (
        Sample(left=0, free=0, waiting=0, capacity=300),
        {"mine": None, "held": 0, "held_until": FAR, "all_held": False, "sold_out": False, "sold": 300},
    )
    boxes = [
        {**usual, "title": "Seats left", "seats": first.seats, "sold": 259, "held": 3},
        {**usual, "title": "The last are being paid for", "seats": full, "held": 2, "all_held": True, "sold": 298},
        {**usual, "title": "Sold out", "seats": full, "sold_out": True},
        {**usual, "title": "Whose seat is held", "seats": first.seats, "mine": Sample(state="held"), "sold": 259},
        {**usual, "title": "Who waits in line", "seats": full, "mine": Sample(state="waitlisted", ahead=2)},
        {**usual, "title": "Whose turn it is", "seats": full, "mine": Sample(state="offered", hold_until=FAR)},
    ]
    return {"cohorts": [first, *others, *gone], "cohort": first, "study": first.study, "boxes": boxes}


def _session(people: list[Sample]) -> dict[str, Any]:
    """Return a session with a turn in each state and one that is open."""
    session = Sample(public_id="sampleaaaa", post_due_at=FAR, stage="live")
    places = [
        Sample(position=n, mine=n == 4, late=False, turn=_turn(state, people[n - 1], session))
        for n, state in enumerate(("done", "live", "ready", "claimed"), 1)
    ]
    return {"session": session, "places": [*places, Sample(position=5, mine=False, late=False, turn=None)]}


def _turn(state: str, person: Sample, session: Sample) -> Sample:
    return Sample(state=state, enrollment=Sample(person=person), session=session, case_study=None, thanked=None)


def _comments(people: list[Sample]) -> dict[str, Any]:
    def said(person: Sample, state: str, html: str, *answers: Any) -> Sample:
        row = Sample(
            pk=person.pk,
            author=person,
            author_id=person.pk,
            state=state,
            at=PAST,
            public_id="sampleaaab",
            anchor=f"c-{person.pk}",
        )
        return Sample(comment=row, html=html, answers=answers)

    answer = said(people[0], "shown", "Nearly. The lamp matters more.")
    first = said(people[1], "shown", "Did the six photographs have to be taken from straight above?", answer)
    return {"said": [first, said(people[2], "hidden", "")], "commented": Sample(author_id=1, public_id="sampleaaaa")}
