"""What helps to add a source: looking at a file, drafting its YAML, trying it out.

formats.py    which connector reads a file
profile.py    what the values of a column look like
infer.py      columns → a table's mapping, each guess with its confidence
fictional.py  values → obviously fictional ones of the same shape
fixtures.py   a file → a small fictional one of the same structure
draft.py      YAML, fixture and test of a new source
preview.py    the first records of a day: raw, normalized, redacted
export.py     files → normalized records as JSON lines
estimate.py   how long a day will take
"""
