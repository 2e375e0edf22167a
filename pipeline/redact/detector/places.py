"""The words that addresses are made of.

Street suffixes: USPS Publication 28, https://pe.usps.com/text/pub28/28apc_002.htm
"""

from __future__ import annotations

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
# Names of streets in other languages: before the name, or grown into it
FOREIGN_BEFORE = (
    r"rua|rue|ruelle|via|viale|calle|avenida|av\.|carrera|piazza|piazzale|corso|plaza|praça|chemin|impasse|cours|"
    r"quai|allée|"
    r"ulica|ul\.|carrer|paseo|rúa|travessa|largo|camino"
)
FOREIGN_ENDING = (
    r"stra(?:ss|ß)e|str\.|straat|gasse|weg|allee|platz|gata|gatan|gade|vej|vejen|vei|veien|katu|tie|kuja|laan|plein|"
    r"tänav|utca"
)
