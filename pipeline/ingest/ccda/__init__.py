"""C-CDA documents as `RawRecord`s.

xml.py         bytes → elements, safely
narrative.py   the text of sections → HTML
values.py      CDA data types; what is taken from an element is gone from it, and the rest goes to `extras`
people.py      names, numbers and addresses → `identity`
document.py    a document → the patient, the visit, the note
entries.py     which statements of a section are records
templates.py   what a statement is: tables of templates and sections
facts.py       one statement → one record
"""
