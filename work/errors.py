"""How a handler of background work ends early, and says so."""


class Retry(Exception):
    """Passing trouble: try again later. The sentence is shown to people meanwhile."""

    def __init__(self, sentence: str, *, after: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.after = after


class Stop(Exception):
    """Trouble that waiting does not cure. The sentence says what to do; a person can start it again."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class LeaseLost(Exception):
    """Another worker owns the row by now: stop without writing anything."""


class WorkCancelled(Exception):
    """Somebody cancelled the work while it ran."""
