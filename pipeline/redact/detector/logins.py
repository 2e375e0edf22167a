"""Names and secrets of accounts: usernames, handles of social networks, passwords, PINs.

45 CFR 164.514(b)(2)(i)(R): https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer

_USER = r"(?:user[\s_-]?(?:name|id)|log-?in(?:[\s_](?:name|id))?|screen[\s_]?name|gamer\s?tag|my\s?chart\sid)"
_NETWORK = (
    r"(?:twitter|instagram|insta|ig|facebook|fb|messenger|snap(?:chat)?|tik\s?tok|whatsapp|skype|telegram|discord|linkedin|"
    r"reddit|youtube|venmo|cash\s?app|zelle|paypal|twitch|pinterest|tumblr|wechat|handle)"
)
_SECRET = r"(?:pass\s?(?:word|code|phrase)|passwd|pwd|pw|one[\s-]time\scode|otp)"
# What is said of an account in place of its name
_NO_NAME = re.compile(
    r"(?:none|no|not|n/?a|unknown|same|see|was|is|the|a|an|to|on|and|or|for|from|in|with|use[ds]?|changed?|reset|expired|"
    r"forgotten|forgot|given|provided|required|needed|protected|failed|denied|ok|yes|time|date|page|screen|daily)",
    re.IGNORECASE,
)


def _is_name(match: re.Match[str]) -> bool:
    return _NO_NAME.fullmatch(match["v"]) is None


class LoginRecognizer(RuleRecognizer):
    """Usernames, handles, passwords and PINs."""

    NAME = "logins"
    ENTITIES = ("ID",)
    RULES = (
        # username: zquist, user id zquist4
        Rule(
            "ID",
            re.compile(
                rf"(?<![^\W_]){_USER}(?:\s?[:=]\s?|\s(?:is|was)\s)[\"'“]?(?P<v>[\w@][\w.@+-]{{1,60}}\w)", re.IGNORECASE
            ),
            _is_name,
            anchor=r"user|log-?in|screen.?name|gamer|chart id",
        ),
        Rule(
            "ID",
            re.compile(
                rf"(?<![^\W_]){_USER}\s(?:is\s)?[\"'“]?(?P<v>(?=[A-Z.]{{0,30}}[\d_@])[\w@][\w.@-]{{1,60}})",
                re.IGNORECASE,
            ),
            anchor=r"user|log-?in|screen.?name|gamer|chart id",
        ),
        # instagram: @zelda_q, Venmo @zelda-quist, on reddit as u/zelda
        Rule(
            "ID",
            re.compile(
                rf"\b{_NETWORK}(?:\s(?:id|name|handle|is|account|as|user|username|at)){{0,3}}[\s:=(]{{1,3}}"
                r"(?P<v>@[\w.-]{1,40}\w|\$[a-z][\w-]{2,30}|u/[\w-]{2,30}|(?=[a-z.]{0,30}[\d_])[a-z0-9_][\w.]{2,40})",
                re.IGNORECASE,
            ),
            lambda match: not match["v"].isdigit() or len(match["v"]) > 5,
            anchor=rf"\b{_NETWORK}\W",
        ),
        # follows @zelda_quist
        Rule(
            "ID",
            re.compile(r"(?<![\w.@])@(?=[a-z.]{0,30}[\d_])[a-z_][\w.]{2,40}\w", re.IGNORECASE),
            anchor=r"@[a-z_.]{1,30}[0-9_]",
        ),
        # zelda#4471
        Rule("ID", re.compile(r"\b(?i:discord)[^\n]{0,20}?(?P<v>\b[\w.]{2,32}#\d{4})\b"), anchor="discord"),
        # password: hunter2
        Rule(
            "ID",
            re.compile(
                rf"(?<![^\W_]){_SECRET}(?:\s?[:=]\s?|\s(?:is|was)\s)[\"'“]?(?P<v>[^\s\"'”,;]{{3,64}}[^\s\"'”,;.)])",
                re.IGNORECASE,
            ),
            _is_name,
            anchor=r"pass ?(?:word|code|phrase)|passwd|pwd?|one.time.code|otp",
        ),
        # passcode 998877
        Rule(
            "ID",
            re.compile(rf"(?<![^\W_]){_SECRET}\s(?P<v>(?=[a-z]{{0,30}}\d)\w{{4,64}})", re.IGNORECASE),
            anchor=r"(?:pass ?(?:word|code|phrase)|passwd|pwd?|code|otp)\s\w{0,30}\d",
        ),
        # PIN 4471, pin code: 4471
        Rule(
            "ID",
            re.compile(
                r"\b(?:PIN(?:\s?(?:[#:]|no\.?|(?:number|code)(?:\sis|:)?|is))?|[Pp]in\s(?:number|code|is)(?:\sis|:)?)\s?(?P<v>\d{4,8})\b(?!\s?(?:mm|cm|%))"
            ),
            anchor=r"pin[^0-9]{1,14}\d{4}",
        ),
    )
