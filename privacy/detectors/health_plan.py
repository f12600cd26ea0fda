"""Numbers of beneficiaries of a health plan: the Medicare number (MBI) by its shape, others by the column's name."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

# Letters of a Medicare number leave out S, L, O, I, B and Z (CMS, Understanding the MBI format).
_L = r"[AC-HJKMNP-RT-Y]"
_LD = r"[AC-HJKMNP-RT-Y0-9]"
_MBI = rf"[1-9]{_L}{_LD}[0-9]-?{_L}{_LD}[0-9]-?{_L}{_L}[0-9]{{2}}"

DETECTOR = Detector(
    name="health_plan",
    version=1,
    entity="HEALTH_PLAN",
    label="health plan number",
    group="direct",
    explanation=(
        "Eleven characters in the shape of a Medicare number, or codes in a column named after a health plan."
    ),
    headers=(
        *("mbi", "medicare number", "medicare id", "medicare no", "medicaid id", "medicaid number"),
        *("medicaid no", "hicn", "beneficiary id", "beneficiary number", "health plan id"),
        *("health plan number", "insurance id", "policy number", "insurance number", "subscriber id"),
        *("subscriber number", "health insurance number", "insurance policy", "policy no"),
        *("insurance member id", "health card", "health card number", "cin"),
    ),
    fits=fits_regex(rf"{_MBI}|[A-Z]{{0,4}}[- ]?[0-9][A-Z0-9-]{{5,18}}"),
    patterns=(
        Pattern("Medicare number", _MBI, 0.9),
        Pattern(
            "after the word",
            rf"(?i){EDGE}(?:medicare|medicaid|beneficiary|policy|member)(?: (?:id|no\.?|number|#"
            rf"|is))+[ :#]{{0,3}}[A-Z]{{0,3}}[0-9][A-Z0-9-]{{5,14}}",
            0.75,
            glue="",
            prose_only=True,
        ),
    ),
)
