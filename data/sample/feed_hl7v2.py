"""Write the HL7 v2 feed: admissions, results and documents of a day, in three files."""

import datetime as dt
from dataclasses import dataclass, replace

import hl7_segments as hl7
from hospital import DAYS, Result, Visit, World, flag, labs, vitals
from notes import Note, notes
from people import PHYSICIANS
from phrases import ALLERGIES
from units import Files, Unit, insert, resend

LAB = "11502-2^Laboratory report^LN"
VITALS = "85353-1^Vital signs panel^LN"


def files(world: World, day: int) -> Files:
    """Write all messages of a day; the units are the messages."""
    writer = _Writer(world.seed, day)
    visits = world.active(day)
    written = notes(world, "hl7v2", day)
    adt = [Unit(text) for visit in visits for text in writer.adt(visit)]
    oru = [Unit(text) for visit in visits for text in writer.results(visit)]
    oru += [Unit(writer.radiology(note), note=True) for note in written if note.kind == "radiology"]
    mdm = [Unit(writer.document(note), note=True) for note in written if note.kind != "radiology"]
    if day > 1:
        corrected = next(each for each in world.active(day - 1) if each.kind == "IMP" and each.on(day))
        insert(oru, writer.correction(corrected), tag="correction")
    files_of_day = {"adt.hl7": adt, "oru.hl7": oru, "mdm.hl7": mdm}
    resend(list(files_of_day.values())[day - 1], 4)
    _spoil(files_of_day, writer, visits[day])
    return files_of_day


def render(name: str, units: list[Unit]) -> bytes:
    """Return a file's bytes."""
    return "".join(unit.text for unit in units).encode()


def _spoil(files_of_day: Files, writer: "_Writer", visit: Visit) -> None:
    order = writer.order(visit, f"L{visit.number}{writer.day}9", LAB, labs(writer.seed, visit, writer.day))
    if writer.day == 2:
        fields = order[1].split("|")
        fields[3] = fields[18] = fields[19] = ""
        insert(files_of_day["oru.hl7"], _join([order[0], "|".join(fields), *order[2:]]), "no_patient_id")
        return
    insert(files_of_day["oru.hl7"], _join([order[0], *order[2:]]), "no_pid")
    head, event, pid, pv1 = writer.event(visit, "A08", dt.datetime.combine(writer.date, dt.time(20, 15)))
    fields = pid.split("|")
    fields[7] = "19931399"
    insert(files_of_day["adt.hl7"], _join([head, event, "|".join(fields), pv1]), "impossible_birth_date")


def _join(segments: list[str]) -> str:
    """End segments with CR; a few messages have CRLF or LF, as files that were edited do."""
    number = int(segments[0].split("|")[9][-5:])
    end = {7: "\r\n", 23: "\n"}.get(number % 40, "\r")
    return "".join(segment + end for segment in segments)


@dataclass
class _Writer:
    """Write the messages of a day and number them."""

    seed: int
    day: int
    count: int = 0

    @property
    def date(self) -> dt.date:
        return DAYS[self.day - 1]

    def head(self, kind: str, time: dt.datetime) -> str:
        self.count += 1
        return hl7.msh(kind, f"CRMC{self.date:%Y%m%d}{self.count:05}", time)

    def who(self, visit: Visit, time: dt.datetime) -> tuple[str, str]:
        """Return PID and PV1 as they stand at a time."""
        ended = visit.discharge is not None and visit.discharge <= time
        died = visit.discharge if visit.patient.died and ended else None
        return hl7.pid(visit.patient.known("hl7v2", self.day), died), hl7.pv1(visit, ended)

    def event(self, visit: Visit, trigger: str, time: dt.datetime) -> tuple[str, str, str, str]:
        """Return MSH, EVN, PID and PV1 of an ADT message."""
        structure = "ADT_A03" if trigger == "A03" else "ADT_A01"
        return self.head(f"ADT^{trigger}^{structure}", time), hl7.evn(trigger, time), *self.who(visit, time)

    def adt(self, visit: Visit) -> list[str]:
        """Write the ADT messages of a visit."""
        minutes = dt.timedelta(minutes=1)
        events: list[tuple[str, dt.datetime]] = []
        if self.day == visit.first:
            events.append(("A01" if visit.kind == "IMP" else "A04", visit.admit + 2 * minutes))
            if visit.kind == "IMP" and visit.index % 2:
                events.append(("A08", visit.admit + 95 * minutes))
        elif self.day != visit.last:
            events.append(("A08", dt.datetime.combine(self.date, dt.time(7, visit.index % 60))))
        if self.day == visit.last and visit.discharge and visit.kind != "AMB":
            events.append(("A03", visit.discharge + 4 * minutes))
        allergy = ALLERGIES[visit.index % len(ALLERGIES)]
        known = visit.patient.known("hl7v2", self.day)
        extra = hl7.registration(visit, known, "" if allergy.startswith("No ") else allergy)
        messages = []
        for trigger, time in events:
            *start, pv1 = self.event(visit, trigger, time)
            messages.append(_join([*start, *hl7.kin(known), pv1, *extra]))
        return messages

    def order(
        self, visit: Visit, number: str, code: str, results: list[Result], sent: dt.datetime | None = None
    ) -> list[str]:
        """Return the segments of an ORU message; `sent` makes it a correction."""
        taken = results[0].taken
        time = sent or taken + dt.timedelta(minutes=45)
        status = "C" if sent else "F"
        return [
            self.head("ORU^R01^ORU_R01", time), *self.who(visit, time),
            *hl7.obr(number, code, taken, visit.attending, status),
            *(hl7.obx(rank, each, status) for rank, each in enumerate(results, 1)),
        ]  # fmt: skip

    def results(self, visit: Visit) -> list[str]:
        """Write a day's laboratory report and, for some visits, vital signs."""
        measured = labs(self.seed, visit, self.day)
        report = self.order(visit, f"L{visit.number}{self.day}", LAB, measured)
        if any(each.key == "lactate" and float(each.value) > 3 for each in measured):
            called = f"Critical lactate of {visit.patient.full} called to Dr. {visit.attending.last}."
            report.append(hl7.segment("NTE", {1: "1", 2: "L", 3: hl7.escape(called)}))
        messages = [_join(report)]
        if visit.index % 5 == 0:
            signs = vitals(self.seed, visit, self.day, 7)
            messages.append(_join(self.order(visit, f"S{visit.number}{self.day}", VITALS, signs)))
        return messages

    def correction(self, visit: Visit) -> str:
        """Send yesterday's laboratory order again with another first value."""
        yesterday = self.day - 1
        first, *others = labs(self.seed, visit, yesterday)
        value = f"{float(first.value) * 1.1:.{first.test.decimals}f}"
        changed = replace(first, value=value, flag=flag(first.test, float(value)))
        sent = dt.datetime.combine(self.date, dt.time(9, 5))
        segments = self.order(visit, f"L{visit.number}{yesterday}", LAB, [changed, *others], sent)
        return _join([*segments, "NTE|1|L|Corrected report. The first value was read from the wrong tube."])

    def radiology(self, note: Note) -> str:
        """Write a radiology report, a line of text an OBX."""
        visit, study = note.visit, note.visit.scenario.imaging
        if study is None:
            raise ValueError(f"visit {visit.number} has no imaging")
        number, code = f"R{visit.number}{self.day}", hl7.comps(study.code, study.name, "C4")
        return _join([
            self.head("ORU^R01^ORU_R01", note.written), *self.who(visit, note.written),
            *hl7.obr(number, code, note.written, visit.attending, "F", PHYSICIANS["radiology"]),
            *hl7.text_lines(note.text, hl7.note_code(note), note.written, one_field=False),
        ])  # fmt: skip

    def document(self, note: Note) -> str:
        """Write a note as an MDM message; some have all lines in one field."""
        one_field = note.visit.index % 5 == 2
        return _join([
            self.head("MDM^T02^MDM_T02", note.written), hl7.evn("T02", note.written),
            *self.who(note.visit, note.written), hl7.txa(note),
            *hl7.text_lines(note.text, hl7.note_code(note), note.written, one_field),
        ])  # fmt: skip
