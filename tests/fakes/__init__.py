"""Loopback stand-ins for services outside, as real servers."""
