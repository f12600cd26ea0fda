"""Errors of the checklists. Each carries a sentence for people."""


class AnswerRefused(Exception):
    """An answer that cannot be taken, or a checklist that cannot be signed, with what to do instead."""

    def __init__(self, sentence: str, *, item: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.item = item
