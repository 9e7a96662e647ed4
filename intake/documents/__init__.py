"""Sealed documents: made, kept write-once and encrypted, and checked."""
