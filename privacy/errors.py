"""Errors of the privacy station. Each carries a sentence for people."""


class DispositionRefused(Exception):
    """The decision cannot be taken as it stands."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class AssessmentRefused(Exception):
    """The rating or the decision is not whole: `faults` say for each field what is missing."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults

    @property
    def sentence(self) -> str:
        return " ".join(self.faults.values())


class RecipeRefused(Exception):
    """The recipe cannot be saved as it stands. `faults` name the steps (from 1), each with a sentence."""

    def __init__(self, sentence: str, faults: list[tuple[int, str]] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.faults = faults or []


class HierarchyRefused(Exception):
    """The uploaded hierarchy cannot be used. `faults` are sentences, each with its line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults[0])
        self.faults = faults

    @property
    def sentence(self) -> str:
        return self.faults[0]
