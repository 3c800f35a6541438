"""The rules: pure Python that knows no web, no database and no clock."""
