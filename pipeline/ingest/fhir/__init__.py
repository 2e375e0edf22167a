"""FHIR R4: bulk NDJSON, Bundles, arrays and single resources, as `RawRecord`s.

files.py       bytes → resources, whatever they are wrapped in
references.py  what a reference points to, inside a Bundle and outside
elements.py    FHIR data types; what is taken from a resource is gone from it
people.py      names, numbers and addresses → `identity`
extras.py      what nobody took → `extras`
resources.py   one function a resource type, and the table of them
"""
