"""What is wrong with a filter, and where."""

from __future__ import annotations


class FilterError(ValueError):
    """A filter that can't be understood; ``column`` counts characters from 0."""

    def __init__(self, message: str, column: int, text: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.text = text

    def caret(self) -> str:
        """The filter with a caret under the place and the message behind it."""
        return f"{self.text}\n{' ' * self.column}^ {self.message}"
