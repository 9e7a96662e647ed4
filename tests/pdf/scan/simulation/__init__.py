"""Pens, printers, scanners, photocopiers, faxes and phones, written apart from the reader.

Nothing here imports ``pdf.scan`` except the names of what can be found; the places of boxes come
from ``pdf.sheet.geometry``, as on the printed page.
"""
