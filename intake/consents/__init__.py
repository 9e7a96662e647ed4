"""The domain: consents, their ledger, and the rules of FERPA. Knows no Flask, PDF or network."""
