"""The refund presets a host chooses from, as versioned rows."""

from cohorts.models import RefundPolicy

# Numbers of each preset's current version; a change here is a new version, old rows stay.
PRESETS: dict[str, dict[str, object]] = {
    RefundPolicy.Preset.REMAINING_SESSIONS: {},
    RefundPolicy.Preset.THIRDS_AND_HALVES: {"steps": [[1, 3, 2, 3], [1, 2, 1, 2]]},  # before 1/3: 2/3; before 1/2: 1/2
    RefundPolicy.Preset.TRY_FIRST: {},
}
VERSION = 1


def preset(name: str) -> RefundPolicy:
    """Return the current version of a preset, written on first use. Raises KeyError for an unknown one."""
    policy, _ = RefundPolicy.objects.get_or_create(preset=name, version=VERSION, defaults={"data": PRESETS[name]})
    return policy
