"""Paper that can be read back: where marks, codes and boxes stand, and what the codes say."""
