"""The words and patterns that addresses are made of.

Street suffixes: USPS Publication 28, https://pe.usps.com/text/pub28/28apc_002.htm
"""

from __future__ import annotations

from pipeline.redact.detector.name_forms import CAPITAL

# Suffixes that mean a street wherever a number and a word stand before them
STREET = (
    "street st avenue ave av road rd boulevard blvd drive dr lane ln court ct place pl terrace ter parkway pkwy "
    "highway hwy circle cir way trail trl square sq turnpike tpke freeway fwy expressway expy crescent close alley aly "
    "loop plaza plz route rte str"
)
# Suffixes that are everyday words as well: only in title case, and where an address goes on or ends
RARE = (
    "annex arcade bayou beach bend bluff bluffs bottom branch bridge brook brooks burg burgs bypass camp canyon "
    "cape causeway center centers circles cliff cliffs club common commons corner corners course courts cove "
    "coves creek crest crossing crossroad curve dale dam divide drives estate estates extension extensions fall "
    "falls ferry field fields flat flats ford fords forest forge forges fork forks fort garden gardens gateway "
    "glen glens green greens grove groves harbor harbors haven heights hill hills hollow inlet island islands "
    "isle junction junctions key keys knoll knolls lake lakes land landing light lights lock locks lodge mall "
    "manor manors meadow meadows mews mill mills mission motorway mount mountain mountains neck orchard oval "
    "overpass park parks parkways pass passage path pike pine pines plain plains point points port ports prairie "
    "radial ramp ranch rapid rapids rest ridge ridges river roads row rue run shoal shoals shore shores skyway "
    "spring springs spur spurs squares station stravenue stream streets summit throughway trace track trafficway "
    "tunnel underpass union unions valley valleys via viaduct view views village villages ville vista walk walks "
    "wall ways well wells "
)
STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA PR RI SC SD TN TX UT VT VA VI WA WV WI WY GU AS MP FM MH PW AA AE AP"
)
# Two capitals that mean something else in a note: they need a ZIP code, or a preposition before the city
AMBIGUOUS_STATES = "OK OR IN HI ME ID MD PA DO MA CT AL DC MS PR VA LA CO AS MP FM PW AP MO MI ND DE"
STATE_NAMES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|"
    "Indiana|"
    "Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|"
    "Nebraska|"
    "Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|"
    "Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|"
    "Wisconsin|Wyoming"
)
# Streets in other languages: a word before the name, after it, or grown into it
COUNTRY = (
    r"(?:Argentina|Armenia|Australia|Austria|Belgium|Bolivia|Brazil|Bulgaria|Cameroon|Canada|Chile|China|Colombia|"
    r"Costa[ ]Rica|Croatia|Cuba|Cyprus|Czechia|Czech[ ]Republic|Denmark|Ecuador|Egypt|England|Eritrea|Estonia|Ethiopia|"
    r"Finland|France|Georgia|Germany|Ghana|Greece|Greenland|Guatemala|Haiti|Honduras|Hungary|Iceland|India|Indonesia|"
    r"Iran|Iraq|Ireland|Israel|Italy|Jamaica|Japan|Jordan|Kenya|Latvia|Lebanon|Lithuania|Luxembourg|Malaysia|Mexico|"
    r"Morocco|Netherlands|New[ ]Zealand|Nicaragua|Nigeria|Norway|Pakistan|Panama|Peru|Philippines|Poland|Portugal|"
    r"Puerto[ ]Rico|Romania|Russia|Scotland|Serbia|Singapore|Slovakia|Slovenia|Somalia|South[ ]Africa|South[ ]Korea|"
    r"Spain|Sudan|Sweden|Switzerland|Syria|Taiwan|Thailand|Tunisia|Turkey|Uganda|Ukraine|United[ ]Kingdom|"
    r"United[ ]States|Uruguay|USA|UK|Venezuela|Vietnam|Wales)"
)
FOREIGN_BEFORE = (
    r"rua|rue|ruelle|via|viale|vicolo|calle|avenida|av\.|carrera|piazza|piazzale|corso|plaza|praça|chemin|impasse|"
    r"cours|quai|allée|ulica|ul\.|aleja|al\.|plac|carrer|paseo|rúa|travessa|largo|camino|rruga|strada|str\.|"
    r"bulevar(?:dul)?|jalan|jl\.|ulitsa|οδός|λεωφόρος|λεωφ\.|улица|ул\.|проспект|an\s(?:der|dem)|am|auf\sder|zum|zur"
)
FOREIGN_AFTER = (
    r"utca|út|útja|u\.|tér|tere|köz|krt\.|körút|ulice|nám\.|náměstí|ulica|cesta|pot|trg|tänav|tee|pst|mnt|sokak|"
    r"sok\.|caddesi|cad\.|gatve|iela|katu|väg|gata|vei|vej|str\.?|st\.?|straat|weg"
)
FOREIGN_ENDING = (
    r"stra(?:ss|ß)e|str\.|straat|gasse|weg|allee|alleen|platz|gata|gatan|gaten|gade|vej|vejen|vei|veg|veien|vegen|"
    r"väg|vägen|gränd|stigen|stien|stræde|vænge|vænget|vangen|torget|torvet|bakken|backen|haugen|svingen|tunet|vollen|"
    r"lunden|toften|parken|katu|tie|kuja|polku|kaari|ranta|laan|plein|gracht|kade|dijk|singel|steeg|damm|ufer|tänav|"
    r"utca|holmen|stígur|vegur|braut"
)


def either(words: str) -> str:
    """Return the alternation of words, the longest first."""
    return "|".join(sorted(words.split(), key=lambda word: (-len(word), word)))


# The pieces of an address as patterns. Bounded: a run without blanks must not be tried from each letter to its end.
WORD = rf"[{CAPITAL}][\w'’.-]{{0,30}}"
ANY_WORD = r"[^\W\d_][\w'’.-]{0,30}"
GAP = r"[ \t]{1,3}"
BREAK = r"\s{0,3},?\s{1,8}"
STATE = rf"(?:{either(STATES)}|{STATE_NAMES})"
ZIP = r"\d{5}(?:-\d{4})?(?![\w-])"
UNIT = (
    r"(?:\s{0,3},?\s{0,8}(?:(?i:apartment|apt|suite|ste|unit|floor|fl|building|bldg|room|rm|lot|trailer|trlr|"
    r"flat|no|#))\.?\s?#?\s?(?:[A-Za-z]?-?\d+[A-Za-z]?|[A-Z])\b)"
)
CITY = rf"(?:{WORD}{GAP}){{0,3}}{WORD}"
TAIL = (
    rf"(?:{UNIT}){{0,2}}(?:{BREAK}{CITY}\s{{0,3}},?\s{{0,3}}{STATE}\b\.?(?:{BREAK}{ZIP})?|"
    rf"{BREAK}(?:{ANY_WORD}{GAP}){{0,3}}{ANY_WORD}\s{{0,3}},?\s{{1,3}}(?i:{STATE})\.?{BREAK}{ZIP})?"
)
NUMBER = r"(?<![\w.,/-])\d{1,6}(?:-\d{1,4})?[A-Za-z]?(?:[ ]1/2)?"
# A word that is part of a measure, a time or a sentence, not of a street
NOT_STREETS = frozenset(
    (
        "am", "pm", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years", "mg", "ml",
        "cc", "mm", "cm", "units", "by", "of", "the", "with", "and", "or", "per", "to", "a", "an", "on", "in", "miles",
        "for", "at", "from", "is", "was", "then", "old", "times",
    )
)  # fmt: skip
