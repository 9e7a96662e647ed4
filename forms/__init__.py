"""What people read and fill in: the legal documents and the web forms.

Knows neither Flask routes nor the database.
"""
