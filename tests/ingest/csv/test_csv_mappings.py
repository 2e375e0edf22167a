"""The mappings of public models, on small exports of people that never were."""

import io
from collections import Counter
from functools import partial

from pipeline.ingest.connector import SourceFile, Unit
from pipeline.ingest.csv.connector import CsvConnector
from pipeline.records import Person, RawRecord

CONCEPTS = """concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_code
0\tNo matching concept\tMetadata\tNone\tNo matching concept
8527\tWhite\tRace\tRace\t5
201826\tType 2 diabetes mellitus\tCondition\tSNOMED\t44054006
3004410\tHemoglobin A1c\tMeasurement\tLOINC\t4548-4
8554\tpercent\tUnit\tUCUM\t%
4171756\t<\tMeas Value Operator\tSNOMED\t276139006
4172703\t=\tMeas Value Operator\tSNOMED\t276136004
9201\tInpatient Visit\tVisit\tVisit\tIP
"""
OMOP = {
    "concept.csv": CONCEPTS,
    "location.csv": "location_id,address_1,address_2,city,state,zip,county\n4,1 Nowhere Lane,,Faketown,MA,00001,\n",
    "care_site.csv": "care_site_id,care_site_name,location_id,care_site_source_value\n6,Example Clinic,4,EX\n",
    "provider.csv": "provider_id,provider_name,npi,dea,provider_source_value\n3,Dr. Test Example,0000000000,,\n",
    "person.csv": "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime,"
    "race_concept_id,race_source_value,ethnicity_concept_id,ethnicity_source_value,location_id,provider_id,care_site_id,"
    "person_source_value,gender_source_value\n"
    "1,8532,1950,3,4,,8527,w,0,unknown,4,3,6,MRN-000,F\n",
    "death.csv": "person_id,death_date,death_datetime,cause_concept_id,cause_source_value\n1,2020-01-02,,0,E11.9\n",
    "visit_occurrence.csv": "visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_start_datetime,"
    "visit_end_date,visit_end_datetime,provider_id,care_site_id,visit_source_value\n"
    "11,1,9201,2019-12-30,2019-12-30 08:00:00,2020-01-02,,3,6,x\n",
    "condition_occurrence.csv": "condition_occurrence_id,person_id,condition_concept_id,condition_start_date,"
    "condition_start_datetime,condition_end_date,condition_end_datetime,condition_status_concept_id,"
    "condition_status_source_value,condition_source_value,visit_occurrence_id,provider_id\n"
    "21,1,201826,2019-12-30,,,,0,,E11.9,11,3\n22,1,0,2019-12-30,,,,0,final,LOCAL-7,11,\n",
    "measurement.csv": "measurement_id,person_id,measurement_concept_id,measurement_date,measurement_datetime,"
    "operator_concept_id,value_as_number,value_as_concept_id,unit_concept_id,range_low,range_high,provider_id,"
    "visit_occurrence_id,measurement_source_value,unit_source_value,value_source_value\n"
    "31,1,3004410,2019-12-30,,4171756,4.0,0,8554,4,6,3,11,a1c,pct,<4\n"
    "32,1,3004410,2019-12-31,,4172703,7.1,0,0,4,6,3,11,a1c,pct,7.1\n"
    "33,1,0,2019-12-31,,0,,0,0,,,,11,CULT,,no growth\n",
    "note.csv": "note_id,person_id,note_date,note_datetime,note_class_concept_id,note_title,note_text,provider_id,"
    'visit_occurrence_id,note_source_value\n41,1,2019-12-30,,0,Admission,"Feels ""well"".\nNo pain.",3,11,adm\n',
}
MIMIC = {
    "patients.csv": "subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod\n1,F,61,2150,2014 - 2016,\n",
    "admissions.csv": "subject_id,hadm_id,admittime,dischtime,deathtime,admission_type,admit_provider_id,"
    "admission_location,discharge_location,race\n"
    "1,2,2150-01-01 10:00:00,2150-01-03 09:00:00,,URGENT,P000,,HOME,WHITE\n",
    "d_labitems.csv": "itemid,label,fluid,category\n50983,Sodium,Blood,Chemistry\n",
    "d_icd_diagnoses.csv": "icd_code,icd_version,long_title\n25000,9,Title nine\nE119,10,Title ten\n",
    "d_items.csv": "itemid,label,abbreviation,linksto,category\n220045,Heart Rate,HR,chartevents,Routine Vital Signs\n",
    "diagnoses_icd.csv": "subject_id,hadm_id,seq_num,icd_code,icd_version\n1,2,1,E119,10\n1,2,2,25000,9\n",
    "labevents.csv": "labevent_id,subject_id,hadm_id,specimen_id,itemid,order_provider_id,charttime,storetime,value,"
    "valuenum,valueuom,ref_range_lower,ref_range_upper,flag,priority,comments\n"
    "7,1,2,9,50983,,2150-01-01 11:00:00,2150-01-01 12:00:00,<120,120,mEq/L,133,145,abnormal,STAT,___\n"
    "8,1,,9,50999,,2150-01-01 11:00:00,,___,,,,,,,HEMOLYZED.\n",
    "chartevents.csv": "subject_id,hadm_id,stay_id,caregiver_id,charttime,storetime,itemid,value,valuenum,"
    "valueuom,warning\n"
    "1,2,5,77,2150-01-01 11:00:00,,220045,88,88,bpm,0\n",
    "discharge.csv": "note_id,subject_id,hadm_id,note_type,note_seq,charttime,storetime,text\n"
    '1-DS-1,1,2,DS,1,2150-01-03 00:00:00,,"Name:  ___\n \nStable."\n',
}


def export(files: dict[str, str]) -> list[SourceFile]:
    found: list[SourceFile] = []

    def others(name: str) -> list[SourceFile]:
        return [file for file in found if file.name != name]

    for name, text in files.items():
        found.append(SourceFile(name, lambda text=text: io.BytesIO(text.encode()), partial(others, name)))
    return found


def read(mapping: str, files: dict[str, str]) -> tuple[dict[str, list[Unit]], Counter[str]]:
    one = CsvConnector({"mapping": mapping})
    units = {file.name.partition(".")[0]: list(one.read(file)) for file in export(files)}
    assert [one.count(file) for file in export(files)] == [len(found) for found in units.values()]
    return units, one.findings


def shown(units: list[Unit], *names: str) -> list[tuple[str, ...]]:
    records: list[RawRecord] = [record for unit in units for record in unit.records]
    assert len(records) == len(units), "some row made no record"
    return [tuple(getattr(record, name) for name in names) for record in records]


def test_omop() -> None:
    units, findings = read("omop", OMOP)
    assert shown(units["person"], "sex", "race", "ethnicity", "birth_date", "death_date", "postal_code", "state") == [
        ("female", "White", "unknown", "1950-3-4", "2020-01-02", "00001", "MA")
    ]
    assert {(one.type, one.value) for one in units["person"][0].records[0].identity} == {
        ("id", "1"), ("id", "MRN-000"), ("address", "1 Nowhere Lane"), ("city", "Faketown"), ("postal_code", "00001"),
        ("birth_date", "1950-3-4"), ("reference", "provider/3"), ("reference", "care_site/6"),
    }  # fmt: skip
    assert shown(units["visit_occurrence"], "key", "encounter_id", "start", "end", "category") == [
        ("11", "11", "2019-12-30 08:00:00", "2020-01-02", "Inpatient Visit")
    ]
    assert shown(units["condition_occurrence"], "code", "code_system", "display", "status") == [
        ("44054006", "http://snomed.info/sct", "Type 2 diabetes mellitus", ""),
        ("LOCAL-7", "", "LOCAL-7", "final"),
    ]
    assert shown(units["measurement"], "key", "code", "value_number", "unit") == [
        ("measurement|31", "4548-4", "<4.0", "%"),
        ("measurement|32", "4548-4", "7.1", "pct"),
        ("measurement|33", "CULT", "no growth", ""),
    ]
    assert shown(units["death"], "key", "start", "display", "value_text") == [
        ("death|1", "2020-01-02", "Death", "E11.9")
    ]
    assert shown(units["note"], "text", "category", "title") == [('Feels "well".\nNo pain.', "adm", "Admission")]
    (provider,), (care_site,) = units["provider"], units["care_site"]
    assert (provider.excluded, care_site.excluded) == ("directory:provider", "directory:care_site")
    assert provider.people[0].reference == "provider/3"
    assert isinstance(care_site.people[0], Person)
    assert ("city", "Faketown") in care_site.people[0].identity
    assert {unit.excluded for unit in units["concept"] + units["location"]} == {"looked_up"}
    assert not [name for name in findings if name.startswith("join")]


def test_mimic() -> None:
    units, findings = read("mimic4", MIMIC)
    assert shown(units["patients"], "patient_id", "sex", "race") == [("1", "F", "WHITE")]
    assert shown(units["admissions"], "key", "category", "status") == [("2", "URGENT", "HOME")]
    assert shown(units["diagnoses_icd"], "key", "code", "code_system", "display") == [
        ("2|1", "E119", "http://hl7.org/fhir/sid/icd-10-cm", "Title ten"),
        ("2|2", "25000", "http://hl7.org/fhir/sid/icd-9-cm", "Title nine"),
    ]
    assert shown(
        units["labevents"], "key", "display", "category", "value_number", "unit", "abnormal", "value_text"
    ) == [
        ("lab|7", "Sodium", "Chemistry", "<120", "mEq/L", "abnormal", ""),
        ("lab|8", "", "", "", "", "", "HEMOLYZED."),
    ]
    assert shown(units["chartevents"], "display", "value_number", "unit") == [("Heart Rate", "88", "bpm")]
    assert shown(units["discharge"], "key", "title", "text") == [
        ("1-DS-1", "Discharge summary", "Name:  ___\n \nStable.")
    ]
    assert {name: n for name, n in findings.items() if name.startswith("join")} == {"join_unmatched:items": 1}
    assert {unit.excluded for unit in units["d_items"]} == {"looked_up"}
