"""Decisions with all four conditions, and the record of what was disclosed (34 CFR 99.32)."""
