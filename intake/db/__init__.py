"""Engine, sessions, column types, migrations. Knows no feature."""
