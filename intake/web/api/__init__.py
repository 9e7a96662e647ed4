"""The interface for sharing systems."""
