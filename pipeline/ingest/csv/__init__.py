"""Tables as CSV, read as a mapping in YAML says, column by column.

    mapping.py    the mapping: which table is in which file, which column is which field
    parts.py      what a mapping is made of
    dialect.py    encoding, delimiter, quotes, header
    rows.py       bytes → rows as columns of strings; and how many there are
    cells.py      columns → the value of a field, an identifier, a condition
    join.py       columns of other tables of the export
    plan.py       a mapping and a header → records and other outcomes
    connector.py  the connector

The standard library's `csv` is imported as such: imports in here are absolute.
"""
