"""What a record must say about its classes: the raw data and what is published of it, judged apart (DOMAIN i7)."""

from __future__ import annotations

from accounts.profiles import Profile
from workflow.models import Dataset

# Fields of the record in words that whoever approves reads, and that are kept: no value of the file belongs there.
GROUNDS = ("classification_ground", "output_ground", "security_level_reason")


def classification_gaps(dataset: Dataset, profile: Profile) -> list[str]:
    """What is missing or impossible, as sentences; empty when the record may go on.

    The class of what will be published may wait for the privacy officer; what the record says of it already
    must be possible.
    """
    gaps = []
    raw = profile.classification(dataset.classification)
    if dataset.classification and raw is None:
        gaps.append("The classification is none of this program's. Choose one.")
    if raw and raw.needs_ground and not dataset.classification_ground:
        gaps.append(f"“{raw.label}” needs its ground: say which law or concern it rests on.")
    gaps += _output_gaps(dataset, profile)
    if dataset.security_level and profile.security_levels:
        level = profile.security_level(dataset.security_level)
        if level is None:
            gaps.append("The security level is none of this program's. Choose one.")
        elif level != profile.security_levels[0] and not dataset.security_level_reason:
            gaps.append(f"“{level.label}” needs its reason: say what makes it more than unrestricted.")
    return gaps


def output_parts(dataset: Dataset) -> list[str]:
    """What a decision on the published form is bound to: a change of one of these asks for it anew."""
    return [dataset.classification, dataset.output_classification, dataset.security_level]


def classification_notes(dataset: Dataset, profile: Profile) -> list[str]:
    """What the class of the raw data will ask for later, said early."""
    raw = profile.classification(dataset.classification)
    notes = []
    if raw and (raw.never_publish or not raw.raw_publishable) and not dataset.output_classification:
        notes.append(
            f"“{raw.label}” data is not published as it is: only a treated form of another class can be."
        )
    if raw and raw.needs_toolkit:
        notes.append(f"“{raw.label}” data needs the program's release toolkit before it is cleared.")
    return notes


def _output_gaps(dataset: Dataset, profile: Profile) -> list[str]:
    if not dataset.output_classification:
        return []
    output = profile.classification(dataset.output_classification)
    if output is None:
        return [
            "The classification of what is published is none of this program's. Choose one, or leave it empty."
        ]
    if not output.may_be_published:
        return [
            f"“{output.label}” data is not published as it is. Name the class of the treated form, or leave it empty."
        ]
    if dataset.output_classification != dataset.classification and not dataset.output_ground:
        return ["What is published is of another class than the data itself: say why it may be."]
    return []
