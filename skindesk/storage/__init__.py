"""The case log on disk: a SQLite database and a content-addressed store of picture files."""
