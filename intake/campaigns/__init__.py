"""Campaigns: many families are asked at once, each in its language, and left alone once it answers.

Nobody is written to twice for one thing and nobody is left out: who is written to is a row
(``Recipient``), made in the same transaction that moves the campaign on, and its message enters the
queue in the same transaction that says so.
"""
