"""What is known of a process that was started and runs on: a small file in the cache."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rig import places, processes


@dataclass(frozen=True, slots=True)
class State:
    """A running server: number and birth mark of its process, its port, how it was started, where it logs."""

    pid: int
    mark: str
    port: int
    workers: int
    code: str  # the hash of the addon's files that it loaded
    database_server: str  # the birth mark of the PostgreSQL that it was started with
    log: str


def read(name: str) -> State | None:
    """The recorded process if it still runs; None when it does not, or the file is missing or unreadable."""
    try:
        state = State(**json.loads(places.state_file(name).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return state if processes.is_alive(state.pid, state.mark) else None


def last_port(name: str) -> int | None:
    """The port that was used last under that name, also of a process that is gone."""
    try:
        return int(json.loads(places.state_file(name).read_text())["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(name: str, state: State) -> None:
    """The state is recorded, whole or not at all."""
    places.put(places.state_file(name), json.dumps(asdict(state), indent=1))


def names(prefix: str) -> list[str]:
    """The names that are recorded under that prefix."""
    return sorted(path.stem for path in Path(places.folder("run")).glob(f"{prefix}*.json"))
