"""Build the HL7 v2.5.1 segments of the sample."""

import datetime as dt

import tables
from hospital import DAYS, Result, Visit
from notes import Note
from people import Address, Patient, Physician

PATIENT_CLASSES = {"IMP": "I", "EMER": "E", "AMB": "O"}


def escape(text: str) -> str:
    """Escape HL7 delimiters in a text."""
    for char, code in (("\\", "E"), ("|", "F"), ("^", "S"), ("&", "T"), ("~", "R")):
        text = text.replace(char, f"\\{code}\\")
    return text


def stamp(time: dt.datetime) -> str:
    """Write a time to the minute, without a zone."""
    return f"{time:%Y%m%d%H%M}"


def segment(name: str, fields: dict[int, str]) -> str:
    """Join fields given by their number; those between stay empty."""
    return "|".join([name, *(fields.get(number, "") for number in range(1, max(fields) + 1))])


def comps(*parts: str) -> str:
    """Join components, escaped."""
    return "^".join(escape(part) for part in parts).rstrip("^")


def msh(kind: str, control_id: str, time: dt.datetime) -> str:
    """Build MSH; `kind` is MSH-9."""
    return (
        f"MSH|^~\\&|CHARTLINE|CRMC|CHARTMILL|RESEARCH|{time:%Y%m%d%H%M%S}-0500||{kind}|{control_id}|P|2.5.1"
        "|||AL|NE|USA|UNICODE UTF-8"
    )


def evn(trigger: str, time: dt.datetime) -> str:
    """Build EVN."""
    return segment("EVN", {1: trigger, 2: f"{time:%Y%m%d%H%M%S}", 5: comps(*tables.REGISTRAR)})


def xcn(doctor: Physician) -> str:
    """Name a physician."""
    return comps(doctor.npi, doctor.last, doctor.first, doctor.middle, "", "DR", doctor.suffix)


def xad(address: Address, use: str) -> str:
    """Write an address; `use` is H for home or C for current or temporary."""
    street, _, unit = address.street.partition(" Apt ")
    second = f"Apt {unit}" if unit else ""
    return comps(street, second, address.city, address.state, address.zip, "USA", use)


def xtn(phone: str, use: str, equipment: str) -> str:
    """Write a phone number."""
    area, exchange, line = phone.split("-")
    return comps(f"({area}){exchange}-{line}", use, equipment, "", "", area, f"{exchange}{line}")


def pid(patient: Patient, died: dt.datetime | None = None) -> str:
    """Build PID from what is known of a patient."""
    names = [comps(patient.last, patient.first, patient.middle, "", "", "", "L")]
    if patient.maiden:
        names.append(comps(patient.maiden, patient.first, patient.middle, "", "", "", "M"))
    if patient.nickname:
        names.append(comps(patient.last, patient.nickname, "", "", "", "", "N"))
    homes = [xad(patient.address, "H")]
    if patient.new_address:
        homes.append(xad(patient.new_address, "C"))
    mobiles = [each for each in (patient.new_mobile, patient.mobile) if each]
    emails = [each for each in (patient.new_email, patient.email) if each]
    phones = [xtn(patient.home, "PRN", "PH"), *(xtn(each, "PRN", "CP") for each in mobiles)]
    phones += [comps("", "NET", "Internet", each) for each in emails]
    race, ethnicity = tables.RACES[patient.race], tables.ETHNICITIES[patient.ethnicity]
    return segment("PID", {
        1: "1", 3: f"{patient.mrn}^^^CRMC^MR~{patient.ssn.replace('-', '')}^^^SSA^SS", 5: "~".join(names),
        7: f"{patient.born:%Y%m%d}", 8: patient.sex, 10: comps(*race, "CDCREC"), 11: "~".join(homes),
        13: "~".join(phones), 14: xtn(tables.HOSPITAL_PHONE, "WPN", "PH") if patient.last == "Foster" else "",
        16: comps(patient.marital, tables.MARITAL[patient.marital], "HL70002"),
        18: f"{patient.account}^^^CRMC^AN", 19: patient.ssn,
        22: comps(*ethnicity, "CDCREC"), 29: stamp(died) if died else "",
        30: "Y" if died else "N",
    })  # fmt: skip


def pv1(visit: Visit, ended: bool) -> str:
    """Build PV1, with the discharge once the visit has ended."""
    fields = {
        1: "1", 2: PATIENT_CLASSES[visit.kind], 3: f"{visit.ward}^{visit.room}^A^CRMC",
        4: "E", 7: xcn(visit.attending),
        9: xcn(visit.consultant), 10: "MED", 17: xcn(visit.attending),
        19: f"{visit.number}^^^CRMC^VN", 44: stamp(visit.admit),
    }  # fmt: skip
    if ended and visit.discharge:
        fields |= {36: "20" if visit.patient.died else "01", 45: stamp(visit.discharge)}
    return segment("PV1", fields)


def kin(patient: Patient) -> list[str]:
    """Build NK1 for each relative."""
    relatives = [each for each in (patient.kin, patient.new_kin) if each]
    return [
        segment("NK1", {1: str(rank), 2: comps(each.last, each.first), 3: comps("", each.relation),
                        4: xad(patient.address, "H") if rank == 1 else "",
                        5: xtn(each.phone, "PRN", "CP"), 7: "C^Emergency Contact^HL70131"})
        for rank, each in enumerate(relatives, 1)
    ]  # fmt: skip


def registration(visit: Visit, patient: Patient, allergy: str) -> list[str]:
    """Build what an ADT message says after PV1: reason, allergy, diagnoses, money, local segments."""
    admitted = stamp(visit.admit)
    code, payer = patient.payer
    home = xad(patient.address, "H")
    segments = [segment("PV2", {3: comps("", visit.scenario.complaint)})]
    if allergy:
        segments.append(segment("AL1", {1: "1", 2: "DA", 3: comps("", allergy), 4: "MO", 6: "20190604"}))
    segments += [
        segment("DG1", {1: str(rank), 3: comps(each.icd10, each.name, "I10"), 5: admitted, 6: "A"})
        for rank, each in enumerate(visit.scenario.diagnoses, 1)
    ]
    name = comps(patient.last, patient.first, patient.middle)
    child = patient.age(DAYS[0]) < 18
    guarantor = comps(patient.kin.last, patient.kin.first) if child else name
    segments += [
        segment("GT1", {1: "1", 3: guarantor, 5: home, 6: xtn(patient.home, "PRN", "PH"), 10: "P",
                        11: "MTH" if child else "SLF"}),
        segment("IN1", {1: "1", 2: code, 3: comps(code), 4: comps(payer), 5: "PO Box 1180^^Concord^NH^03301",
                        8: f"GRP{code}", 16: name, 17: "SEL", 18: f"{patient.born:%Y%m%d}", 19: home,
                        36: patient.insurance_id}),
        segment("ZPI", {1: "1", 2: xcn(patient.pcp), 3: comps(patient.email), 4: "PORTAL-ACTIVE"}),
    ]  # fmt: skip
    if patient.nickname:
        segments.append(segment("ZPN", {1: "1", 2: comps(patient.nickname), 3: "PREFERRED"}))
    return segments


def obr(
    order: str, code: str, taken: dt.datetime, doctor: Physician, status: str, reader: Physician | None = None
) -> list[str]:
    """Build ORC and OBR for a result."""
    fields = {
        1: "1", 2: f"P{order}", 3: f"{order}^CHARTLINE", 4: code, 7: stamp(taken), 16: xcn(doctor),
        22: stamp(taken + dt.timedelta(minutes=40)), 25: status,
    }  # fmt: skip
    if reader:
        fields[32] = f"{reader.npi}&{reader.last}&{reader.first}"
    placer = segment("ORC", {1: "RE", 2: f"P{order}", 3: f"{order}^CHARTLINE", 12: xcn(doctor)})
    return [placer, segment("OBR", fields)]


def obx(rank: int, result: Result, status: str) -> str:
    """Build OBX for a measurement: NM, SN with a comparator, or CWE."""
    test = result.test
    low, high = ("" if bound is None else f"{bound:g}" for bound in (test.low, test.high))
    limits = f"{low}-{high}" if low and high else f"<{high}" if high else f">{low}" if low else ""
    kind, value = "NM", result.value
    if result.code:
        kind, value = "CWE", comps(result.code, result.value, "SCT")
    elif result.comparator:
        kind, value = "SN", f"{result.comparator}^{result.value}"
    unit = f"{escape(test.unit)}^^UCUM" if test.unit else ""
    return segment("OBX", {
        1: str(rank), 2: kind, 3: comps(test.loinc, test.name, "LN"), 5: value, 6: unit, 7: limits,
        8: result.flag, 11: status, 14: stamp(result.taken),
    })  # fmt: skip


def note_code(note: Note) -> str:
    """Write the type of a note for OBX-3."""
    return comps(note.type.loinc, note.type.title, "LN")


def txa(note: Note) -> str:
    """Build TXA."""
    when, author = stamp(note.written), xcn(note.author)
    return segment("TXA", {
        1: "1", 2: note.type.txa, 3: "TX", 4: when, 5: author, 6: when, 9: author, 12: note.id, 17: "AU",
        19: "AV",
    })  # fmt: skip


def text_lines(text: str, code: str, time: dt.datetime, one_field: bool) -> list[str]:
    """Build OBX TX for a note: a line each, or one field with line breaks escaped."""
    lines = [escape(line) for line in text.splitlines()]
    if one_field:
        lines = ["\\.br\\".join(lines)]
    return [
        segment("OBX", {1: str(rank), 2: "TX", 3: code, 4: "1", 5: line, 11: "F", 14: stamp(time)})
        for rank, line in enumerate(lines, 1)
    ]
