"""Words of forms that more than one page needs: the high-value criteria and where programs take them from."""

# Connecticut General Statutes 4-67o, footnote 2 of the S-CT forms; the head of the department judges them.
HIGH_VALUE_CRITERIA: tuple[tuple[str, str], ...] = (
    ("A", "It is critical to how the department works"),
    ("B", "It makes government more accountable or responsive"),
    ("C", "It improves what the public knows about the department"),
    ("D", "It furthers the department's core mission"),
    ("E", "It creates economic opportunity"),
    ("F", "It is often asked for"),
    ("G", "It meets a need that a public consultation showed"),
    ("H", "It satisfies a law or another duty to report"),
)
