"""Schools, students, guardians, and the contacts on the school's record."""
