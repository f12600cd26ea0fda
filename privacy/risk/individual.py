"""The risk of each person in a sample: the chance that a match found in the whole population is the right one.

Source: Benedetti and Franconi 1998, as in sdcMicro: the expected 1/F given f rows of the sample in a class, where
F, the people of the class in the population, is estimated by the sum of their sampling weights; p = f/F.
"""

from __future__ import annotations

import numpy as np

from privacy.risk.classes import Floats, Ints

_HALF = 0.5
_STEPPED = 50
_TERMS = 200
_SMALL = 1e-18


def individual_risks(sizes: Ints, population: Floats) -> Floats:
    """The risk of everybody in each class of the sizes f and the estimated population sizes F.

    f = 1: p/q ln(1/p); f = 2: p/q - (p/q)² ln(1/p); beyond, p/f (1 + q/(f+1) + 2q²/((f+1)(f+2)) + ...) with
    q = 1 - p. Summed to the end, the series obeys r(f) = p/q (1/(f-1) - r(f-1)), which is exact where q is large
    and the series is slow; where q is small or f large the series itself is fast. A class with no more people in
    the population than in the sample has q = 0 and the risk 1/f.
    """
    f = sizes.astype(np.float64)
    p = np.minimum(1.0, f / population)
    q = 1.0 - p
    risks = np.empty(len(f))
    stepped = (q > _HALF) & (sizes <= _STEPPED)
    risks[stepped] = _by_steps(sizes[stepped], p[stepped], q[stepped])
    risks[~stepped] = _by_series(f[~stepped], p[~stepped], q[~stepped])
    return risks


def _by_steps(sizes: Ints, p: Floats, q: Floats) -> Floats:
    odds = p / q
    risks = odds * -np.log(p)
    left = np.flatnonzero(sizes > 1)
    for f in range(2, int(sizes.max(initial=1)) + 1):
        risks[left] = odds[left] * (1 / (f - 1) - risks[left])
        left = left[sizes[left] > f]
    return risks


def _by_series(f: Floats, p: Floats, q: Floats) -> Floats:
    total = np.ones(len(f))
    term = np.ones(len(f))
    for n in range(1, _TERMS):
        term *= n * q / (f + n)
        total += term
        if term.max(initial=0.0) < _SMALL:
            break
    return p / f * total
