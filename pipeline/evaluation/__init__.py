"""Evaluation: what redaction finds and spares in texts of which people have said what identifies somebody.

gold.py     sets of such texts, in the formats they come in
labels.py   what their labels are to us: a class, out of scope by a rule, or to be kept
score.py    the counts and shares
run.py      a set, or a list of terms, through redaction
tables.py   what a score says, for the terminal
page.py     the misses in context, for sets that may be shown
perturb.py  the same texts written otherwise: names of other origins, other dates, capitals, typos, blanks
"""
