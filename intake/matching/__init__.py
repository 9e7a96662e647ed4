"""Where a family's own typing meets the school's roster: imports, evidence, links, merges."""
