"""What passes as a code of each system, and what a sender may put in its place: record numbers, telephones, names."""

import pytest

from pipeline.check_digits import is_base36_sum, is_luhn, is_verhoeff
from pipeline.vocabulary import canonical_code, canonical_system, code_systems, is_code

CODES = {
    "LOINC": ["2345-7", "718-7", "8480-6", "30525-0", "LA6576-8", "LA33-6", "LP14449-0"],
    "SNOMED": ["44054006", "73211009", "138875005", "840539006", "1156257007", "10939881000119105"],
    "ICD10CM": ["I10", "E11.9", "S72.001A", "O9A.211", "Z3A.01", "C7A.010", "F32.A", "H40.1110", "R40.2110", "O31.8X10",
                "M1A.00X0", "T50.Z95A", "U07.1", "C81.1A"],
    "ICD-10-WHO": ["I10", "E11.9"],
    "ICD9CM": ["250.00", "V15.82", "E849.5", "401"],
    "ICD9PCS": ["37.22", "99.2"],
    "ICD10PCS": ["0DTJ4ZZ", "02100Z9", "0210093", "10D00Z1", "30233N1", "2W0QX2Z", "4A023N7", "5A1935Z", "8E0W0CZ",
                 "9WB0XBZ", "B2111ZZ", "BW03ZZZ", "CW1NLZZ", "D7Y08ZZ", "F07L7ZZ", "GZHZZZZ", "HZ2ZZZZ", "XW033E5",
                 "X2A5312"],
    "ICDO3": ["C50.9", "8140/3"],
    "RXNORM": ["5640", "197361", "1049221", "2626512"],
    "CVX": ["08", "140", "207"],
    "MVX": ["PFR", "MOD", "SKB"],
    "NDC": ["00071015523", "0071-0155-23", "0071-0155", "50242-040-62", "50242-040", "12345-6789-1"],
    "CPT": ["99213", "0042T", "3074F", "0001M", "0001U"],
    "HCPCS": ["J1885", "G0008"],
    "CDT": ["D0120"],
    "ATC": ["A10", "A10B", "A10BA", "A10BA02"],
    "UNII": ["R16CO5Y76E", "362O9ITL9D", "3G6A5W338E"],
    "UCUM": ["mg/dL", "mm[Hg]"],
    "MS-DRG": ["470"],
    "NUCC": ["207Q00000X", "390200000X", "2084P0800X", "363AM0700X", "193200000X"],
    "CDCREC": ["2106-3", "2028-9", "2135-2"],
    "condition-category": ["encounter-diagnosis"],
    "observation-category": ["vital-signs"],
    "ActCode": ["AMB", "IMP"],
}  # fmt: skip

# Obviously made-up identifiers: none may pass under any system, but for those below.
IDENTIFIERS = {
    "record numbers": ["4821337", "48213377", "482133771", "4821337713", "2482133", "M48213", "0048213", "MR482133",
                       "MRN4821337", "A1234567", "B123456", "M123456", "E1234567", "482133-77",
                       "1234567-8", "ABC123456"],
    "Social Security numbers": ["900-55-1234", "900551234", "123456789"],
    "telephones": ["6175550134", "617-555-0134", "555-0134", "5550134", "(617)555-0134", "16175550134"],
    "NPIs": ["1234567893", "1467560003"],
    "names": ["QUORBINGTON", "Quorbington", "ZYXWELL", "ABRAHAM", "SAMUELS", "WASHINGTON", "CHRISTIANS", "Smith", "LEE",
              "KIM", "ANN", "Zyx, A", "Grace", "Tim"],
    "dates": ["19490317", "03171949", "1949-03-17", "03/17/1949", "1949-3", "17MAR1949"],
    "addresses": ["zyx@example.org", "10.0.0.1", "7391 Quill Lane"],
}  # fmt: skip
# What remains: forms that a system has, without a check digit, and that an identifier may have as well. A patient's own
# numbers are known from the vault, and dropped.
ALIKE = {("NDC", "16175550134"), ("RXNORM", "2482133"), ("ICD10CM", "M48213")}


def test_every_system_has_cases() -> None:
    assert {canonical_system(name) for name in CODES} == set(code_systems())


@pytest.mark.parametrize("name", CODES)
def test_codes_pass(name: str) -> None:
    uri = canonical_system(name)
    assert [code for code in CODES[name] if not is_code(uri, canonical_code(uri, code))] == []


@pytest.mark.parametrize("name", CODES)
def test_identifiers_do_not(name: str) -> None:
    uri = canonical_system(name)
    passing = {
        (name, value)
        for values in IDENTIFIERS.values()
        for value in values
        if is_code(uri, value) or is_code(uri, canonical_code(uri, value))
    }
    assert passing == {pair for pair in ALIKE if pair[0] == name}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("LOINC", "2345-6"), ("LOINC", "02345-7"), ("SNOMED", "44054007"), ("SNOMED", "44054016"),
        ("SNOMED", "22298060"), ("UNII", "R16CO5Y76F"), ("CDCREC", "2106-4"), ("ICD10CM", "A12.3456"),
        ("RXNORM", "5550134"), ("NUCC", "123456789X"), ("MVX", "JOE"), ("ATC", "B"), ("UCUM", "mg{Zyx}"),
        ("ICD10PCS", "0212345"), ("ICD10PCS", "123456A"),
    ],
)  # fmt: skip
def test_near_misses(name: str, code: str) -> None:
    assert not is_code(canonical_system(name), code)


@pytest.mark.parametrize(
    ("check", "good"), [(is_luhn, "2345-7"), (is_verhoeff, "10939881000119105"), (is_base36_sum, "R16CO5Y76E")]
)
def test_a_check_digit_tells_every_other(check: object, good: str) -> None:
    assert callable(check)
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if check is is_base36_sum else "0123456789"
    assert [digit for digit in digits if check(good[:-1] + digit)] == [good[-1]]


def test_telephones_seldom_pass_as_concepts_of_snomed() -> None:
    numbers = [f"617555{line:04}" for line in range(10_000)]
    assert sum(is_code("http://snomed.info/sct", number) for number in numbers) <= 10
