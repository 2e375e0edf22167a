"""FHIR, STU3 to R5: bulk NDJSON, Bundles, lists and single resources, as `RawRecord`s.

files.py         bytes → lines as a stream, or one document
bundles.py       a document → its entries
references.py    what a reference points to, inside a Bundle and outside
lookups.py       ... and in other files of the export: Medication, Binary
elements.py      FHIR data types as text
facts.py         a resource on its way to records; what nobody took → `extras`, who is named → `identity`
readers.py       what can be done with an element
clinical.py      which element becomes which field: start here; beside it observation, documents, notes, patient
directory.py     Practitioner and others → the vault
deletions.py     DELETE → what takes records back
versions.py      which version of FHIR: asked by conformance.py alone
"""
