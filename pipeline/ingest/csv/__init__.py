"""Tables as CSV, read as a mapping in YAML says.

    mapping.py    the mapping: which table is in which file, which column is which field
    dialect.py    bytes → text → rows; delimiter, quotes, encoding
    plan.py       a mapping and a header → one function from cells to record
    connector.py  the connector

The standard library's `csv` is imported as such: imports in here are absolute.
"""
