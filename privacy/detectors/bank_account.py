"""Account numbers at a bank or a utility: digits that only the name or the words before them explain."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

DETECTOR = Detector(
    name="bank_account",
    version=1,
    entity="BANK_ACCOUNT",
    label="account number",
    group="direct",
    explanation="5 to 17 digits in a column named so, or after “acct #”.",
    headers=(
        *("bank account", "bank account number", "bank acct", "bank account no", "checking account"),
        *("savings account", "account number", "account no", "acct no", "acct number", "acct num"),
        *("account num", "acct", "bban", "clabe", "direct deposit account", "deposit account"),
        *("bank acct no",),
    ),
    fits=fits_regex(
        r"[0-9][0-9 -]{4,19}|[A-Z]{1,4}-?[0-9]{5,17}|[x*#]{2,14}[0-9]{2,4}|[0-9]\.[0-9]+E\+[01][0-9]"
    ),
    patterns=(
        Pattern(
            "after the word",
            rf"(?i){EDGE}(?:bank )?(?:acct|account|a/c)\.?(?: (?:no|num|number|nr|is"
            rf"|was)\.?)*[ :#]{{0,3}}[0-9](?:[ -]?[0-9]){{5,16}}{EDGE}",
            0.8,
            glue="",
            prose_only=True,
        ),
    ),
    against=(
        *("gl", "ledger", "budget", "fund", "expense", "revenue", "department", "object", "chart"),
        *("parcel", "tax"),
    ),
)
