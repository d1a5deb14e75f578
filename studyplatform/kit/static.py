"""Static files under a name that changes with their content, so that they can be kept for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """A missing entry serves the plain name instead of failing a page a visitor is reading."""

    manifest_strict = False
