"""SMS, email and one-time codes."""
