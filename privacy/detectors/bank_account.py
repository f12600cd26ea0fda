"""Account numbers at a bank or a utility: digits that only the name or the words before them explain."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

DETECTOR = Detector(
    name="bank_account",
    version=4,
    entity="BANK_ACCOUNT",
    label="account number",
    group="direct",
    explanation=(
        "5 to 17 digits in a column named after a bank, 8 to 17 under “account number” (fewer are to be "
        "confirmed), or digits after “acct #”."
    ),
    headers=(
        *("bank account", "bank account number", "bank acct", "bank account no", "checking account"),
        *("savings account", "bban", "clabe", "direct deposit account", "deposit account"),
        *("bank acct no", "eft account", "ach account", "payee account", "dda"),
        *("cuenta bancaria", "cuenta de banco", "numero de cuenta", "num cuenta", "numero cuenta"),
    ),
    # Charts of accounts and registers number theirs with fewer digits.
    weak_headers=("account number", "acct"),
    convinces=fits_regex(
        r"[0-9]{8,17}|[0-9]{3,10}-[0-9]{4,10}|[x*#]{2,14}[0-9]{2,4}|[0-9]\.[0-9]+E\+[01][0-9]"
    ),
    fits=fits_regex(
        r"[0-9][0-9 -]{4,19}|[A-Z]{1,4}-?[0-9]{5,17}|[x*#]{2,14}[0-9]{2,4}|[0-9]\.[0-9]+E\+[01][0-9]"
    ),
    # Customers of a small utility have accounts of so few digits too.
    asks=fits_regex(r"[0-9]{5,7}"),
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
        *("parcel", "tax", "location", "site", "license", "business", "premise", "service"),
    ),
)
