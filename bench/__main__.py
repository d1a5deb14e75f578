"""`make bench`: measures the product beside throw-away servers; `python -m bench pages` only what is named.

Every module bench/bench_<noun>.py has `measure() -> list[Result]`. Mostly these are ratios taken in one run: absolute
times say more about the machine than about the product. The answers go to bench/results.json.
"""

import json
import os
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import django
from django.test.utils import get_runner

import tests.servers  # noqa: F401  # starts servers and sets the environment
from bench.result import Result

HERE = Path(__file__).parent


def main() -> None:
    """Make a test database, measure in it, take it away again."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "studyplatform.settings"
    django.setup()
    from django.conf import settings

    runner = get_runner(settings)(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    try:
        report(measured())
    finally:
        runner.teardown_databases(databases)
        runner.teardown_test_environment()


def measured() -> list[Result]:
    """Run every bench module, or those named; return all that was measured."""
    found: list[Result] = []
    for path in sorted(HERE.glob("bench_*.py")):
        noun = path.stem.removeprefix("bench_")
        if not sys.argv[1:] or noun in sys.argv[1:]:
            print(f"Measuring {noun} ...", flush=True)
            found += import_module(f"bench.{path.stem}").measure()
    return found


def report(found: list[Result]) -> None:
    """Print what was measured as a table and keep it."""
    for one in found:
        print(f"{one.value:10.2f} {one.unit:<8} {one.name}  ({one.how})")
    kept = json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False)
    (HERE / "results.json").write_text(f"{kept}\n")


if __name__ == "__main__":
    main()
