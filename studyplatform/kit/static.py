"""Static files under a name that changes with their content, so that they can be kept for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """What was never collected (a test, a fresh checkout) is served under its plain name."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """Return the collected file's name, or the plain one."""
        known: str | None = self.hashed_files.get(self.hash_key(name))
        return known or name
