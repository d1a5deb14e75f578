"""The local Stripe stands alone: it needs the standard library and nothing else, and the product does not need it."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
HERE = ROOT / "studyplatform/demo/stripe"
PRODUCT = ("cohorts", "payments", "showcase", "studyplatform")
OWN = "studyplatform.demo.stripe"


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def test_it_imports_only_itself_and_the_standard_library() -> None:
    for path in HERE.rglob("*.py"):
        foreign = {name for name in imports(path) if name.split(".")[0] not in sys.stdlib_module_names}
        assert all(name == OWN or name.startswith(f"{OWN}.") for name in foreign), (path, foreign)


def test_nothing_of_the_product_imports_it() -> None:
    for app in PRODUCT:
        for path in (ROOT / app).rglob("*.py"):
            if not path.is_relative_to(HERE):
                assert not any(name.startswith(OWN) for name in imports(path)), path


def test_it_starts_without_a_single_installed_package() -> None:
    program = f"import sys; from {OWN} import __main__; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 0, ended.stderr
    assert {"django", "stripe", "celery"}.isdisjoint(ended.stdout.split())
