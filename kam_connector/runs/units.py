"""The texts of a schedule: a systemd service with its timer, or a line for cron. No key stands in any of them.

The service runs with what a night needs and no more: its own folder is all it may write, no new rights, no devices, no
kernel settings. A user's own systemd cannot give all of that, so its service has the part that works there.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kam_connector.errors import InputError
from kam_connector.messages import render

Scope = Literal["system", "user"]
JITTER_MINUTES = 10
_AT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_ALWAYS = """NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native"""
_SYSTEM = """ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictNamespaces=yes
CapabilityBoundingSet="""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a night runs, of which ERP (None: all of kam.toml), by which command, for which home."""

    home: Path
    erp: str | None
    at: str
    command: Path
    lang: str = "en"
    scope: Scope = "user"
    user: str = ""

    def __post_init__(self) -> None:
        if not _AT.fullmatch(self.at):
            raise InputError("{at} is no time of day.", next_step="Write it as 02:30.", at=repr(self.at))
        for path in (self.home, self.command):
            if not str(path).isprintable():
                text = repr(str(path))
                raise InputError("{path} cannot stand in a schedule.", next_step="Choose another.", path=text)

    @property
    def name(self) -> str:
        """The name of the units and of the block in a crontab."""
        return unit_name(self.erp)

    @property
    def words(self) -> list[str]:
        """The command up to its verb."""
        chosen = ["--erp", self.erp] if self.erp else []
        return [str(self.command), "--home", str(self.home), *chosen]

    @property
    def verb(self) -> list[str]:
        """The night."""
        return ["run", "--yes", *([] if self.erp else ["--all"])]


def unit_name(erp: str | None) -> str:
    """`kam-connector-main`; letters that systemd would take for something else become dashes."""
    return f"kam-connector-{re.sub('[^A-Za-z0-9_.]', '-', erp)}" if erp else "kam-connector"


def service(plan: Schedule) -> str:
    """The text of the service."""
    network = "Wants=network-online.target\nAfter=network-online.target\n" if plan.scope == "system" else ""
    owner = f"User={plan.user}\n" if plan.scope == "system" else ""
    fence = f"{_ALWAYS}\n{_SYSTEM}\nReadWritePaths={_unit_word(str(plan.home))}" if plan.scope == "system" else _ALWAYS
    verb, backup = _unit_words(plan.words + plan.verb), _unit_words([*plan.words, "backup", "--keep", "14"])
    before = f"ExecStartPre=-{backup}\n"
    key = _unit_word(f"kam-{plan.erp or 'NAME'}-key")
    return f"""# {_say("schedule.made", plan)}
[Unit]
Description={_say("schedule.service", plan)}
{network}
[Service]
Type=oneshot
{owner}{before}ExecStart={verb}
# {_say("schedule.findings", plan)}
SuccessExitStatus=1
UMask=0077
TimeoutStopSec=180
KillMode=mixed
# {_say("schedule.key", plan)}
# LoadCredential={key}:/etc/kam-connector/{plan.erp or "NAME"}.key
{fence}
"""


def timer(plan: Schedule) -> str:
    """The text of the timer: every day, within some minutes, and at the next start when the machine was off."""
    return f"""# {_say("schedule.made", plan)}
[Unit]
Description={_say("schedule.timer", plan)}

[Timer]
OnCalendar=*-*-* {plan.at}:00
RandomizedDelaySec={JITTER_MINUTES}min
Persistent=true

[Install]
WantedBy=timers.target
"""


def cron_lines(plan: Schedule) -> list[str]:
    """The block for a crontab, with its first and last line; the minute is shifted by the jitter of this home.

    Cron has no jitter of its own; a fixed shift, different from home to home, keeps many from asking at once.
    """
    hours, minutes = map(int, plan.at.split(":"))
    digest = hashlib.sha256(f"{plan.home}|{plan.erp}".encode()).digest()
    minutes += hours * 60 + digest[0] % JITTER_MINUTES
    command = shlex.join(plan.words + plan.verb).replace("%", r"\%")
    first, last = cron_marks(plan.erp)
    when = f"{minutes % 60} {minutes // 60 % 24} * * *"
    return [first, f"# {_say('schedule.made', plan)}", f"{when} umask 077; {command} >/dev/null", last]


def cron_marks(erp: str | None) -> tuple[str, str]:
    """The first and the last line of our block."""
    name = unit_name(erp)
    return f"# BEGIN {name}", f"# END {name}"


def _say(key: str, plan: Schedule) -> str:
    return render(key, {"erp": plan.erp or "*", "at": plan.at}, plan.lang)


def _unit_words(words: list[str]) -> str:
    return " ".join(_unit_word(word).replace("$", "$$") for word in words)


def _unit_word(word: str) -> str:
    """A word as systemd reads it back: quoted where it has to be, a percent sign doubled."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{plain}"' if re.search(r"[\s\"'\\;]", word) else plain
