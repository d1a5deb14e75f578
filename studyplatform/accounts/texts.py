"""Texts people agree to, with the version that is in force: the day its words were last changed."""

VERSIONS = {"terms": "2026-11-24", "privacy": "2026-11-24"}
