"""The refund presets as versioned rows."""

from cohorts.models import RefundPolicy
from cohorts.presets import PRESETS, VERSION


def preset(name: str) -> RefundPolicy:
    """Return the current version of a preset, written on first use. Raises KeyError for an unknown one."""
    policy, _ = RefundPolicy.objects.get_or_create(preset=name, version=VERSION, defaults={"data": PRESETS[name]})
    return policy
