"""What goes wrong with the rig, each with what, why and the next step."""


class RigError(Exception):
    """An expected failure: its text is shown to people as it stands, without a traceback."""

    def __init__(self, what: str, why: str, next_step: str) -> None:
        super().__init__(f"{what}\n  why:  {why}\n  next: {next_step}")
        self.what, self.why, self.next_step = what, why, next_step
