"""Text as it must look and read in every script: bidi, shaping, line breaks, glyphs.

``paragraph.lay_out`` turns a string into lines of positioned glyphs; ``draw`` turns lines into
a page's operators; ``embed`` puts the fonts they used into the file.
"""
