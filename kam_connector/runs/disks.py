"""Which disk a folder is on, as the kernel's list of mounts says."""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = frozenset(
    {"afs", "beegfs", "ceph", "cifs", "gfs2", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs"}
)
"""File systems on which `flock` reaches other machines late, only sometimes, or not at all."""
_NETWORK_FUSE = re.compile(r"fuse\.(sshfs|s3fs|rclone|gcsfuse|glusterfs|ceph|davfs.*|curlftpfs|goofys)")
_OCTAL = re.compile(r"\\([0-7]{3})")


def network_disk(folder: Path, mounts: str | None = None) -> str:
    """The kind of network disk that `folder` is on, else an empty text; also where the kernel does not tell."""
    if mounts is None:
        try:
            mounts = MOUNTS.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
    kind = _kind(folder.resolve(), mounts)
    return kind if kind in NETWORK or _NETWORK_FUSE.fullmatch(kind) else ""


def _kind(folder: Path, mounts: str) -> str:
    """The file system of the deepest mount above `folder`; of two at one place the later covers the earlier."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        places, kinds = before.split(" "), after.split(" ")
        if len(places) < 5 or not kinds[0]:
            continue
        place = Path(_OCTAL.sub(lambda code: chr(int(code[1], 8)), places[4]))
        if folder.is_relative_to(place) and len(place.parts) >= best:
            best, kind = len(place.parts), kinds[0]
    return kind
