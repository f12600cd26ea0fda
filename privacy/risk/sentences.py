"""What the measures mean, in words for a steward."""

from __future__ import annotations

from collections.abc import Sequence

from privacy.risk.k_anonymity import RiskMeasures


def risk_sentences(measures: RiskMeasures, *, k_min: int, accepted: bool = False) -> list[str]:
    """Two or three sentences: who stands alone or how large the smallest group is, and whether it is enough."""
    what = listing(measures.quasi)
    if not measures.rows:
        return ["The table has no rows, so nobody can be singled out in it."]
    sentences = []
    if measures.k == 1:
        alone = measures.unique_rows
        sentences.append(
            f"At least one person stands alone: {alone:,} of {measures.rows:,} rows "
            f"{'has' if alone == 1 else 'have'} a combination of {what} that nobody else has."
        )
    else:
        sentences.append(
            f"Nobody stands alone: each person shares their combination of {what} "
            f"with at least {measures.k - 1:,} other{'s' if measures.k > 2 else ''} (k = {measures.k:,})."
        )
    if measures.k < k_min and accepted:
        sentences.append(
            f"That is less than the {k_min} this program asks for; the privacy officer accepted it."
        )
    elif measures.k < k_min:
        sentences.append(
            f"This program asks for groups of at least {k_min}. Make {what} coarser or drop a column, "
            "or record why the risk is acceptable."
        )
    else:
        sentences.append(f"This program asks for groups of at least {k_min}, so the copy may go on.")
    return sentences


def listing(names: Sequence[str]) -> str:
    """ "zip, sex and birth_year"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))
