"""OneRoster 1.1 and 1.2 CSV (1EdTech): read, checked, compared with the record, applied.

The way of a file: ``package`` (zip or folder) → ``csv_text`` (bytes to rows) → ``reading`` (rows to
facts, in ``scratch``) → ``comparing`` (facts against the record) → ``applying``. Until a whole
package has been read and checked, the database is not touched.
"""
