"""What people raise: families' questions and suspected violations, seen through to an answer."""
