"""C-CDA documents and fragments of them, as `RawRecord`s.

xml.py         bytes → elements, safely
narrative.py   the text of sections → HTML
"""
