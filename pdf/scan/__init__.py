"""Reads waivers back from paper: pages of any scan or photograph to findings, nothing guessed."""
