"""Revocations seen through to the end: cases, deadlines, evidence, and telling the family."""
