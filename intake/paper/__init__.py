"""Waivers on paper: printing them (reading them back comes with scanning)."""
