"""Words that forms and pages share."""

# Connecticut General Statutes 4-67o, footnote 2 of the S-CT forms; the head of the department judges them.
HIGH_VALUE_CRITERIA: tuple[tuple[str, str], ...] = (
    ("A", "It is critical to how the department works"),
    ("B", "It can make the department more accountable or responsive"),
    ("C", "It can improve what the public knows of the department and its work"),
    ("D", "It can further the core mission of the department"),
    ("E", "It can create economic opportunity"),
    ("F", "The public often asks for it"),
    ("G", "It answers a need and demand that the department found by consulting the public"),
    ("H", "It is used to satisfy a law or another duty to report"),
)

# move -> what can be undone and until when, said before it is made
UNDO: dict[str, str] = {
    "begin_readiness": "It can be put on hold or withdrawn at any time.",
    "submit_for_quality": "It can be returned to you with points to answer.",
    "pass_quality": "Until the final decision it can be returned for changes.",
    "clear_privacy": "It can be returned for changes before the final decision.",
    "approve": "Once it is public, only a retraction takes it back.",
    "publish": "It cannot be undone; a retraction makes the copy private again.",
    "return_for_changes": "The return cannot be taken back; whoever answers it submits the release again.",
    "reject": "This cannot be undone. A new release of the dataset can be opened at any time.",
    "withdraw": "This cannot be undone. A new release of the dataset can be opened at any time.",
    "hold": "It can be resumed at any time.",
    "resume": "It can be put on hold again.",
    "pass_refresh": "Until it is public, the refresh can be withdrawn or returned; after that it takes a retraction.",
    "refresh_to_privacy": "Privacy can return the refresh, and it can be withdrawn until it is public.",
    "refresh_to_review": "The refresh can be withdrawn until it is public.",
    "supersede": "This cannot be undone.",
    "retract": "It can be reinstated; it then goes through privacy and the decision again.",
    "reinstate": "It can be withdrawn or rejected.",
    "retire": "This cannot be undone. A new release of the dataset can be opened at any time.",
}
