"""What goes wrong with a data file, as a sentence for the person who uploaded it."""

from __future__ import annotations

from typing import Any


class DataFileError(Exception):
    """The file cannot be read. `sentence` names the problem, the line or sheet, and the next step.

    `code` is stable for tests and statistics; `line` (physical, from 1) and `sheet` say where. The sentence
    quotes no cell: it may be shown, stored and logged.
    """

    def __init__(
        self, sentence: str, *, code: str, line: int | None = None, sheet: str | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.line = line
        self.sheet = sheet

    def to_dict(self) -> dict[str, Any]:
        """For the way out of the reading process."""
        return {"sentence": self.sentence, "code": self.code, "line": self.line, "sheet": self.sheet}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> DataFileError:
        return cls(data["sentence"], code=data["code"], line=data["line"], sheet=data["sheet"])
