"""The signals that end the loop."""


class HangUp(BaseException):
    """A signal asks the program to leave; `number` is which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
