"""What a sharing system may look up: a student, how the consent stands, what it must hide."""
