"""SMS, email and one-time codes: queued in the database, sent by the worker."""
