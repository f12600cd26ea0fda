"""Errors of the privacy station. Each carries a sentence for people."""


class DispositionRefused(Exception):
    """The decision cannot be taken as it stands."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
