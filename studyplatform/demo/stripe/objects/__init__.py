"""The resources of the API, one noun per file: how each is shaped and what can be asked of it."""
