"""`make bench`: measures the product beside throw-away servers, as ratios taken in one run.

Every module bench/bench_<noun>.py has `measure() -> dict[str, float]`: what was measured, and how many times the first
is the second. Absolute times say more about the machine than about the product. The answers go to bench/results.json.
"""

import json
import os
from importlib import import_module
from pathlib import Path

import django
from django.test.utils import get_runner

import tests.servers  # noqa: F401  # starts servers and sets the environment

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


def measured() -> dict[str, float]:
    """Run every bench module; return all that was measured."""
    found: dict[str, float] = {}
    for path in sorted(HERE.glob("bench_*.py")):
        print(f"Measuring {path.stem.removeprefix('bench_')} ...", flush=True)
        found |= import_module(f"bench.{path.stem}").measure()
    return found


def report(found: dict[str, float]) -> None:
    """Print what was measured and keep it."""
    for name, ratio in found.items():
        print(f"{ratio:8.1f} x  {name}")
    (HERE / "results.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
