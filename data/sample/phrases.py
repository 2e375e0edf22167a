"""Hold the stock phrases of the sample's notes; `notes.context` fills the braces."""

HISTORY = (
    "Hypertension, T2DM on metformin, cholecystectomy in 1998, L4-L5 laminectomy.",
    "Hypothyroidism after Graves disease, GERD, Baker cyst of the left knee, appendectomy as a teenager.",
    "Osteoarthritis, Raynaud phenomenon, stage 3a CKD, cataract surgery {prior_year}.",
    "Gout, hernia repair years ago, grade 1/6 flow murmur, no Parkinson disease.",
    "Dyslipidemia, Bell palsy {prior_year}, colon polyps with a normal repeat on {prior_us}.",
)
CHILD_HISTORY = (
    "Term birth, Apgar 8/9, immunizations up to date through May.",
    "Eczema, one ear tube, otherwise well, growth at the 50th percentile.",
)
SOCIAL = (
    "Retired teacher, lives with {rel} {kin_first} at {street}, {city}. No tobacco, 1-2 drinks a week.",
    "Works in {city}; {rel} {kin_first} helps at home. Quit smoking in {prior_year}, 20 pack-years.",
    "Lives alone at {street}, goes by {nick}; {kin} ({rel}) checks in daily. No alcohol.",
)
CHILD_SOCIAL = ("Lives with {rel} {kin} at {street}, {city}. In school, no smokers at home, one dog.",)
ALLERGIES = (
    "No known drug allergies",
    "Penicillin (hives)",
    "Sulfa (rash)",
    "Codeine (nausea)",
)
# Words and numbers that look like identifiers and are none.
NEAR_MISSES = (
    "Foley removed at 06:00, void trial passed.",
    "May shower, may ambulate with a walker.",
    "Grade 2/6 systolic murmur at the left sternal border.",
    "Weber midline, Rinne positive on both sides.",
    "Homans sign negative, Wells score 1.5.",
    "No Babinski, no clonus, reflexes 2+.",
    "Norton score 17, Braden 19.",
    "Old L4-L5 fusion, no new back pain.",
    "Bowel sounds in 4/4 quadrants.",
    "Strength 5/5, sensation intact C5-T1.",
    "Fall precautions until the end of May.",
    "Ringer's lactate at 75 mL/h.",
    "Repeat in 10-14 days.",
    "EKG: sinus rhythm, PR 168, QRS 92, QTc 438.",
    "Urine output 1.2 L in 24 h.",
    "Dressing changed with Kerlix, Jackson-Pratt drain 15 mL.",
    "Epley maneuver not needed, Dix-Hallpike negative.",
    "Insulin 4 units given for 212.",
    "Diet: soft, 1800 kcal.",
    "Long-term goals discussed, white count down, bill of rights sheet given.",
    "Vitamin D 2000 IU daily, calcium 8.9 mg/dL.",
    "Mantoux 0 mm at 48 h, read on the right forearm.",
    "Nutrition: 2 cans of Ensure a day.",
    "One green stool, guaiac negative.",
)
MENTIONS = {  # by field of people.Patient, what a note tells before a structured field does
    "new_mobile": "Note: {first} has a new cell, {new_mobile}; the old number no longer works.",
    "new_email": "{He} asked that results go to a new e-mail, {new_email}.",
    "maiden": "Older records are under {his} maiden name, {maiden} ({first} {maiden}, before the wedding).",
    "new_kin": "{new_rel} {new_kin} ({new_kin_phone}) is a second contact and will drive {him} home.",
    "new_address": "For now {he} is staying at {new_address}, not at the old place.",
    "nickname": "Everyone calls {him} {nick}; {he} answers better to {nick} {last} than to {first}.",
}
