"""Errors of the dossier. Each carries a sentence for people."""


class DossierFrozen(Exception):
    """The stage of the release does not let this part be edited."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
