"""What a look into a file comes to: a problem with what was found, or the measures of what is kept."""

from dataclasses import dataclass

from workflows.uploads import Problem


class ProblemFound(Exception):
    """The file is refused; `found` says what it is or has."""

    def __init__(self, problem: Problem, found: str = ""):
        super().__init__(problem.value)
        self.problem, self.found = problem, found


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of a file. Width and height in pixels, for a PDF those of its first page at 72 dpi.

    `picture_hash` is 256 bits in hexadecimal, `blur` the variance of the Laplacian, `text` a PDF's own text.
    """

    media_type: str
    pages: int
    width: int
    height: int
    picture_hash: str
    blur: float
    text: str = ""
