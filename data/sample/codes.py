"""Hold the code tables of the sample: laboratory tests, vital signs, drugs, note types."""

from typing import NamedTuple


class Measure(NamedTuple):
    """Name a measurement with its UCUM unit, reference range and number of decimals."""

    loinc: str
    name: str
    unit: str
    low: float | None
    high: float | None
    decimals: int


VITALS = {
    "sys": Measure("8480-6", "Systolic blood pressure", "mm[Hg]", 90, 140, 0),
    "dia": Measure("8462-4", "Diastolic blood pressure", "mm[Hg]", 60, 90, 0),
    "hr": Measure("8867-4", "Heart rate", "/min", 60, 100, 0),
    "rr": Measure("9279-1", "Respiratory rate", "/min", 12, 20, 0),
    "temp": Measure("8310-5", "Body temperature", "Cel", 36.1, 37.8, 1),
    "spo2": Measure("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%", 94, 100, 0),
}
LABS = {
    "wbc": Measure("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*3/uL", 4.0, 11.0, 1),
    "hgb": Measure("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 12.0, 16.0, 1),
    "plt": Measure("777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", 150, 400, 0),
    "na": Measure("2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L", 135, 145, 0),
    "k": Measure("2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 3.5, 5.1, 1),
    "cr": Measure("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0.6, 1.2, 2),
    "bun": Measure("3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "mg/dL", 7, 20, 0),
    "glu": Measure("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 70, 99, 0),
    "hco3": Measure("1963-8", "Bicarbonate [Moles/volume] in Serum or Plasma", "mmol/L", 22, 29, 0),
    "gap": Measure("33037-3", "Anion gap in Serum or Plasma", "mmol/L", 8, 16, 0),
    "bnp": Measure("30934-4", "Natriuretic peptide B in Serum or Plasma", "pg/mL", None, 100, 0),
    "trop": Measure("89579-7", "Troponin I.cardiac by High sensitivity method", "ng/L", None, 14, 0),
    "lactate": Measure("2524-7", "Lactate [Moles/volume] in Serum or Plasma", "mmol/L", 0.5, 2.0, 1),
    "crp": Measure("1988-5", "C reactive protein [Mass/volume] in Serum or Plasma", "mg/L", None, 5, 0),
    "a1c": Measure("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", 4.0, 5.6, 1),
    "inr": Measure("6301-6", "INR in Platelet poor plasma by Coagulation assay", "{INR}", 0.8, 1.2, 1),
    "ldl": Measure("13457-7", "Cholesterol in LDL in Serum or Plasma", "mg/dL", None, 130, 0),
    "pco2": Measure("2019-8", "Carbon dioxide [Partial pressure] in Arterial blood", "mm[Hg]", 35, 45, 0),
    "egfr": Measure("98979-8", "Glomerular filtration rate (CKD-EPI 2021)", "mL/min/{1.73_m2}", 60, None, 0),
    "uwbc": Measure("5821-4", "Leukocytes in Urine sediment by Microscopy", "/[HPF]", None, 5, 0),
    "nitrite": Measure("5802-4", "Nitrite [Presence] in Urine by Test strip", "", None, None, 0),
    "fobt": Measure("2335-8", "Hemoglobin.gastrointestinal [Presence] in Stool", "", None, None, 0),
    "covid": Measure("94500-6", "SARS-CoV-2 RNA in Respiratory specimen by NAA", "", None, None, 0),
}
SHORT = {  # how a clinician writes the test in a note
    "wbc": "WBC",
    "hgb": "Hgb",
    "plt": "Plt",
    "na": "Na",
    "k": "K",
    "cr": "Cr",
    "bun": "BUN",
    "glu": "glucose",
    "hco3": "HCO3",
    "gap": "AG",
    "bnp": "BNP",
    "trop": "hs-TnI",
    "lactate": "lactate",
    "crp": "CRP",
    "a1c": "A1c",
    "inr": "INR",
    "ldl": "LDL",
    "pco2": "pCO2",
    "egfr": "eGFR",
    "uwbc": "UA WBC",
    "nitrite": "UA nitrite",
    "fobt": "FOBT",
    "covid": "SARS-CoV-2 PCR",
}
CODED_VALUES = {
    "positive": ("10828004", "Positive", "A"),
    "negative": ("260385009", "Negative", "N"),
    "not detected": ("260415000", "Not detected", "N"),
}


class Drug(NamedTuple):
    """Name a drug by RxNorm ingredient with the directions used in the sample."""

    rxnorm: str
    name: str
    sig: str


DRUGS = {
    "ceftriaxone": Drug("2193", "ceftriaxone", "1 g IV every 24 hours"),
    "azithromycin": Drug("18631", "azithromycin", "500 mg by mouth daily for 5 days"),
    "furosemide": Drug("4603", "furosemide", "40 mg IV twice daily"),
    "lisinopril": Drug("29046", "lisinopril", "10 mg by mouth daily"),
    "carvedilol": Drug("20352", "carvedilol", "6.25 mg by mouth twice daily"),
    "prednisone": Drug("8640", "prednisone", "40 mg by mouth daily for 5 days"),
    "albuterol": Drug("435", "albuterol", "2.5 mg nebulized every 4 hours as needed"),
    "tiotropium": Drug("69120", "tiotropium", "18 mcg inhaled daily"),
    "glargine": Drug("274783", "insulin glargine", "20 units subcutaneously at bedtime"),
    "lispro": Drug("86009", "insulin lispro", "per sliding scale before meals"),
    "potassium": Drug("8591", "potassium chloride", "20 mEq by mouth twice daily"),
    "piptazo": Drug("8339", "piperacillin", "3.375 g with tazobactam IV every 6 hours"),
    "ondansetron": Drug("26225", "ondansetron", "4 mg IV every 6 hours as needed for nausea"),
    "acetaminophen": Drug("161", "acetaminophen", "650 mg by mouth every 6 hours as needed, max 3 g/day"),
    "oxycodone": Drug("7804", "oxycodone", "5 mg by mouth every 4-6 hours as needed for pain"),
    "enoxaparin": Drug("67108", "enoxaparin", "40 mg subcutaneously daily"),
    "aspirin": Drug("1191", "aspirin", "81 mg by mouth daily"),
    "clopidogrel": Drug("32968", "clopidogrel", "75 mg by mouth daily"),
    "atorvastatin": Drug("83367", "atorvastatin", "80 mg by mouth nightly"),
    "metoprolol": Drug("6918", "metoprolol", "25 mg by mouth twice daily"),
    "heparin": Drug("5224", "heparin", "12 units/kg/h IV, titrate to anti-Xa 0.3-0.7"),
    "prednisolone": Drug("8638", "prednisolone", "1 mg/kg by mouth daily for 4 days"),
    "fluticasone": Drug("41126", "fluticasone", "44 mcg, 2 puffs inhaled twice daily"),
    "pantoprazole": Drug("40790", "pantoprazole", "40 mg IV twice daily"),
    "amlodipine": Drug("17767", "amlodipine", "5 mg by mouth daily"),
    "metformin": Drug("6809", "metformin", "500 mg by mouth twice daily with meals"),
}


class NoteType(NamedTuple):
    """Name a kind of note the way each feed does."""

    loinc: str
    title: str
    txa: str  # HL7 table 0270


NOTE_TYPES = {
    "progress": NoteType("11506-3", "Progress note", "PR"),
    "consult": NoteType("11488-4", "Consult note", "CN"),
    "hp": NoteType("34117-2", "History and physical note", "HP"),
    "discharge": NoteType("18842-5", "Discharge summary", "DS"),
    "ed_discharge": NoteType("18842-5", "Discharge summary", "DS"),
    "death": NoteType("18842-5", "Discharge summary", "DS"),
    "procedure": NoteType("28570-0", "Procedure note", "PN"),
    "ed": NoteType("34878-9", "Emergency medicine Note", "ED"),
    "radiology": NoteType("18748-4", "Diagnostic imaging study", "DI"),
    "nursing": NoteType("34746-8", "Nursing Note", "PR"),
    "clinic": NoteType("34131-3", "Clinic Note", "PR"),
    "dialogue": NoteType("", "Visit dialogue", ""),
    "phone": NoteType("34748-4", "Telephone Encounter", "PR"),
}
