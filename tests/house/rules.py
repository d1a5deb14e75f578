"""The rules of the house. Each is one function over a file's text, with a line it lets pass and one it catches."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache

from studyplatform.kit.management.commands.catalog import KEYWORDS

Found = Iterator[tuple[int, str]]
PRODUCT = "cohorts/*.py payments/*.py showcase/*.py studyplatform/*.py"
MONEY = "payments/*.py studyplatform/kit/money.py cohorts/refunds.py cohorts/presets.py cohorts/prices.py"
LONGEST_FUNCTION, LONGEST_FILE = 40, 400
SENTENCES = set(KEYWORDS)  # what the catalogue collects


@dataclass(frozen=True)
class Rule:
    """`find` yields the lines of a file that break it. `files` and `but` are patterns of paths."""

    name: str
    why: str
    find: Callable[[str], Found]
    files: str
    but: str
    good: str
    bad: str

    def covers(self, path: str) -> bool:
        """Tell whether the rule is about a file."""
        return _any(path, self.files) and not _any(path, self.but)


RULES: list[Rule] = []


def _any(path: str, patterns: str) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns.split())


def rule(
    files: str, *, good: str, bad: str, but: str = ""
) -> Callable[[Callable[[str], Found]], Callable[[str], Found]]:
    """Make a function a rule; its docstring says why."""

    def register(find: Callable[[str], Found]) -> Callable[[str], Found]:
        RULES.append(Rule(find.__name__, find.__doc__ or "", find, files, but, good, bad))
        return find

    return register


def _nodes(text: str, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in ast.walk(_tree(text)) if isinstance(node, kinds))


@cache
def _tree(text: str) -> ast.Module:
    return ast.parse(text)


def _lines(text: str, pattern: str, sentence: str) -> Found:
    for match in re.finditer(pattern, text):
        yield text.count("\n", 0, match.start()) + 1, sentence


# ── How long ──────────────────────────────────────────────────────────────────
@rule(PRODUCT, but="*/migrations/*", good="def f():\n    pass", bad="def f():\n" + "    pass\n" * LONGEST_FUNCTION)
def functions_are_short(text: str) -> Found:
    """A function fits on a screen."""
    for node in _nodes(text, ast.FunctionDef, ast.AsyncFunctionDef):
        if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION:
            yield node.lineno, f"{node.name} has more than {LONGEST_FUNCTION} lines"


@rule(
    "*.py *.html *.js *.css",
    but="*/migrations/* static/css/site.css",
    good="a\n" * LONGEST_FILE,
    bad="a\n" * (LONGEST_FILE + 1),
)
def files_are_short(text: str) -> Found:
    """A file holds one noun."""
    if text.count("\n") > LONGEST_FILE:
        yield LONGEST_FILE, f"longer than {LONGEST_FILE} lines"


@rule(
    PRODUCT,
    but="*/migrations/* studyplatform/demo/* */tests/*",
    good='def _f(): ...\ndef g():\n    """Say."""\n    def inner(): ...',
    bad="def g(): ...",
)
def public_functions_say_what_they_do(text: str) -> Found:
    """Whoever calls a function reads its docstring, not its body."""
    for node in _tree(text).body:
        named = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if named and not ast.get_docstring(node):
            yield node.lineno, f"{node.name} has no docstring"


# ── Rows are the queue ────────────────────────────────────────────────────────
@rule("*.py", good="queue.wake('mail.drain_letters')", bad="remind.apply_async(args, countdown=7200)")
def the_clock_is_a_column(text: str) -> Found:
    """I-25: a task that waits in the broker runs again and again, or never; what is due later is a row."""
    for node in _nodes(text, ast.Call):
        asked = {keyword.arg for keyword in node.keywords} & {"eta", "countdown"}
        if asked or getattr(node.func, "attr", "") == "apply_async":
            yield node.lineno, "asks Celery to wait; write a row with due_at"


@rule(PRODUCT, but="studyplatform/kit/queue.py studyplatform/celery.py", good="wake('x')", bad="send.delay(order.pk)")
def only_the_queue_sends_tasks(text: str) -> Found:
    """I-27: what is sent before commit finds no row, or tells of one that never was."""
    for node in _nodes(text, ast.Attribute):
        if node.attr in ("delay", "send_task"):
            yield node.lineno, f".{node.attr} outside kit/queue.py; use queue.wake"


# ── Words ──────────────────────────────────────────────────────────────────────
@rule(PRODUCT, good='" ".join([said, _("Thank you.")])', bad="f'{said} {_(\"Thank you.\")}'")
def every_sentence_is_collected(text: str) -> Found:
    """What is inside an f-string, or goes through another name, is not found, so nobody translates it."""
    for node in _nodes(text, ast.ImportFrom):
        for one in getattr(node, "names", ()):
            if one.name in SENTENCES and (one.asname or "_") not in SENTENCES:
                yield node.lineno, f"{one.name} is not collected under this name"
    for node in _nodes(text, ast.JoinedStr):
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in SENTENCES:
                yield call.lineno, "a sentence inside an f-string"


# ── Money ─────────────────────────────────────────────────────────────────────
@rule(MONEY, good="major(amount, currency)", bad="price = amount / 100")
def money_knows_its_decimals(text: str) -> Found:
    """I-19: won and yen have no hundredths, dinars have thousandths; the exponent comes from the standard."""
    for node in _nodes(text, ast.BinOp):
        sides = [side.value for side in (node.left, node.right) if isinstance(side, ast.Constant)]
        if isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv | ast.Mod) and {100, 1000, 0.01} & set(sides):
            yield node.lineno, "a literal hundred; use kit.money"


# ── Who may see ───────────────────────────────────────────────────────────────
@rule(
    "*/views/*.py",
    good="get_object_or_404(sessions_seen_by(request.user), public_id=public_id)",
    bad="get_object_or_404(Session, public_id=public_id)",
)
def rows_come_through_policies(text: str) -> Found:
    """I-31: a view gets a row from a scope of what its reader may see, never from the whole table."""
    for node in _nodes(text, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0] if node.args else None
        bare = isinstance(first, ast.Name) and first.id[:1].isupper()
        bare = bare or (isinstance(first, ast.Call) and getattr(first.func, "id", "") == "get_user_model")
        if name in ("get_object_or_404", "get_list_or_404") and bare:
            yield node.lineno, "takes a row from the whole table; give it a scope"
        if name in ("get", "first", "last", "earliest", "latest") and ast.unparse(node.func).endswith(
            f".objects.{name}"
        ):
            yield node.lineno, "takes a row from the whole table; give it a scope"


@rule(PRODUCT, good="from django.db import models", bad="from django.db.models.signals import post_save")
def no_signals(text: str) -> Found:
    """A verb says what it does; a lower app leaves a fact on its own row and the upper one finds it."""
    for node in _nodes(text, ast.ImportFrom, ast.Import):
        module = getattr(node, "module", "") or node.names[0].name
        if module.startswith(("django", "allauth")) and ("signals" in module or "dispatch" in module):
            yield node.lineno, f"{module}: no signals"


# ── Migrations ────────────────────────────────────────────────────────────────
OURS = ("cohorts", "payments", "showcase", "studyplatform")
KIT = {
    "studyplatform.kit.ids",  # defaults of columns, which have no rows to misread
    "studyplatform.kit.together",  # an operation, made for migrations alone
}
LOCKING = {
    "AddIndex",
    "RemoveIndex",
    "AddConstraint",
    "AlterField",
    "RenameField",
    "RenameModel",
    "RunSQL",
    "RunPython",
}


@rule("*/migrations/*.py", good="from django.db import models", bad="from cohorts.services import seats")
def migrations_stand_alone(text: str) -> Found:
    """A migration still runs when the code it once knew is gone."""
    for node in _nodes(text, ast.ImportFrom, ast.Import):
        module = getattr(node, "module", "") or node.names[0].name
        if module.partition(".")[0] in OURS and module not in KIT:
            yield node.lineno, f"imports {module}"


@rule(
    "*/migrations/*.py",
    good="operations = [AddIndexConcurrently('seat', index)]\n",
    bad="operations = [migrations.AddIndex(model_name='seat', index=index)]\n",
)
def migrations_lock_no_table_in_use(text: str) -> Found:
    """Promise 7: what holds a table in use is done concurrently, or a `# lock:` beside it or on top says why not."""
    made = {_named(node, "name") for node in _nodes(text, ast.Call) if _operation(node) == "CreateModel"}
    lines = text.splitlines()
    if any("# lock:" in line for line in lines[:3]):
        return  # said for the whole file
    for node in _nodes(text, ast.Call):
        explained = any("# lock:" in line for line in lines[max(0, node.lineno - 2) : node.lineno])
        if _operation(node) in LOCKING and _named(node, "model_name") not in made and not explained:
            yield node.lineno, f"{_operation(node)} on a table in use"


def _operation(node: ast.Call) -> str:
    return getattr(node.func, "attr", "")


def _named(node: ast.Call, keyword: str) -> str:
    return next((str(ast.literal_eval(one.value)).lower() for one in node.keywords if one.arg == keyword), "")


# ── Templates ─────────────────────────────────────────────────────────────────
@rule(
    "templates/*.html",
    but="templates/mail/*",
    good='<script src="a.js" defer></script> <script type="application/ld+json">{}</script>',
    bad='<p style="color: red">',
)
def pages_hold_no_inline_code(text: str) -> Found:
    """The policy refuses inline scripts, styles and handlers, so that a hostile post could not run any either."""
    yield from _lines(text, r"<[^>{]*\sstyle\s*=", "an inline style")
    yield from _lines(text, r"<style\b", "an inline style sheet")
    yield from _lines(text, r"<[^>{]*\son[a-z]+\s*=", "an inline handler")
    yield from _lines(text, r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)", "an inline script")
    yield from _lines(text, r"(?i)(href|src|action)\s*=\s*[\"']?\s*javascript:", "a javascript: address")


@rule("templates/*.html", good="{{ post.html|sanitised }}", bad="{{ post.title|safe }}")
def nothing_is_called_safe_in_a_template(text: str) -> Found:
    """I-32: what is safe is so in its type, where it is made; a template takes nobody's word for it."""
    yield from _lines(text, r"\|\s*(safe|safeseq)\b|\{%\s*autoescape\s+off", "escaping is switched off")


@rule(
    "static/css/*.css",
    but="static/css/site.css static/css/tokens.css",
    good="color: var(--ink);",
    bad="color: #ff0000;",
)
def colours_are_tokens(text: str) -> Found:
    """Light and dark change in one place."""
    yield from _lines(
        re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL), r":[^;{}]*#[0-9a-fA-F]{3,8}\b", "a colour that is no token"
    )


# ── What stays out ────────────────────────────────────────────────────────────
HOSTS = (
    r"(?:[\w.-]+\.)?(?:example(?:\.com|\.org|\.net)?|stripe\.com|w3\.org|schema\.org|sitemaps\.org|apache\.org)"
    r"|testserver(?:[.:@][\w.:-]*)?|localhost|127\.0\.0\.1|\w+|github\.com"
)


@rule("*", but="*/fonts/OFL.txt", good="https://studies.example.org/", bad="https://" + "files.host.invalid/simple/")
def only_known_hosts_are_named(text: str) -> Found:
    """The project reaches for nobody it does not name on purpose: no mirror, no registry, no tracker."""
    for match in re.finditer(r"(?i)\bhttps?://([\w.-]+)", text):
        if not re.fullmatch(f"(?i){HOSTS}", match[1].rstrip(".")):
            yield text.count("\n", 0, match.start()) + 1, f"names {match[1]}"


@rule("*", good="SECRET_KEY=", bad="-----BEGIN " + "PRIVATE KEY-----")
def no_secrets(text: str) -> Found:
    """A key in the history is a key lost."""
    stripe = r"(sk|rk)_live_[0-9A-Za-z]{12,}|whsec_[0-9A-Za-z]{24,}"
    others = r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|-----BEGIN [A-Z ]*PRIVATE KEY"
    yield from _lines(text, f"{stripe}|{others}", "looks like a secret")


@rule("*", good="host@example.com", bad="somebody@" + "their-mail.kr")
def no_addresses_of_people(text: str) -> Found:
    """Letters of tests and demos reach nobody."""
    for match in re.finditer(r"\b[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,})\b", text):
        if not re.fullmatch(r"(?i)(.+\.)?(example(\.(com|org|net))?|li\.org|y\.z)", match[1]):
            yield text.count("\n", 0, match.start()) + 1, f"an address at {match[1]}"
