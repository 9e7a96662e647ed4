"""Counts for the people who run the programme, with small ones withheld; and their documents."""
