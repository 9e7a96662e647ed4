"""Publication of consents and revocations to sharing systems, and their confirmations."""
