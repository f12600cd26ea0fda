"""Medical record numbers: codes that only the name or the words before them explain."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

DETECTOR = Detector(
    name="medical_record",
    version=3,
    entity="MEDICAL_RECORD",
    label="medical record number",
    group="direct",
    explanation="Codes in a column named so, or after “MRN”.",
    headers=(
        *("mrn", "med rec", "medical rec", "medical record", "medical record number"),
        *(
            "medical record no",
            "chart number",
            "chart no",
            "emr id",
            "emr number",
            "mr number",
            "patient number",
            "patient no",
        ),
        *("expediente clinico", "expediente medico"),
        *("patient mrn", "health record number", "med rec no", "medrec"),
        *("encounter id", "encounter number"),
    ),
    # Museums and laboratories have such numbers too, with dots and slashes in them.
    weak_headers=("visit number", "admission number", "specimen id", "accession number"),
    fits=fits_regex(r"[A-Z]{0,5}[- ]?[0-9][A-Z0-9 ./-]{2,24}|[0-9A-F]{8}-[0-9A-F-]{27}"),
    convinces=fits_regex(r"[A-Z]{0,5}[- ]?[0-9][A-Z0-9-]{4,24}|[0-9A-F]{8}-[0-9A-F-]{27}"),
    # A file of any other office is called so in Spanish too.
    hints=("expediente", "historia clinica", "hist clinica"),
    patterns=(
        Pattern(
            "after the word",
            rf"(?i){EDGE}(?:mrn|medical record|med rec|chart|patient (?:id|no|number))\.?(?: (?:no\.?"
            rf"|number|num|#|is))*[ :#]{{0,3}}"
            r"[A-Z]{0,3}-?[0-9][0-9-]{3,12}",
            0.85,
            glue="",
            prose_only=True,
        ),
    ),
    against=("count", "dental", "library"),
)
