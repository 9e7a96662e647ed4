"""Partner organisations: what they have signed, where they work, who of them needs to know what."""
