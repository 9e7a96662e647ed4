"""Where accounts and messages meet: what staff are written when something happens to an account."""
