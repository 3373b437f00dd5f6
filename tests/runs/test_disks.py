"""A folder on a network disk is known as one, wherever it is mounted (R-46)."""

from __future__ import annotations

from pathlib import Path

import pytest

from kam_connector.errors import StorageError
from kam_connector.runs import disks, lock

MOUNTS = r"""
22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
40 22 0:35 / /srv rw shared:2 - nfs4 files:/srv rw,vers=4.2
41 40 0:36 / /srv/fast rw - xfs /dev/vdb rw
42 22 0:37 / /mnt/my\040share rw master:3 - cifs //nas/share rw
43 22 0:38 / /mnt/ssh rw - fuse.sshfs user@host: rw
44 22 0:39 / /mnt/fuse rw - fuse.mergerfs a:b rw
45 22 0:40 / /data rw - nfs files:/data rw
46 22 0:41 / /data rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/kam", ""),
        ("/srv", "nfs4"),
        ("/srv/kam/main", "nfs4"),
        ("/srv/fast/kam", ""),
        ("/srvother", ""),
        ("/mnt/my share/kam", "cifs"),
        ("/mnt/ssh/kam", "fuse.sshfs"),
        ("/mnt/fuse/kam", ""),
        ("/data/kam", ""),
    ],
)
def test_the_deepest_mount_counts(folder: str, kind: str) -> None:
    assert disks.network_disk(Path(folder), MOUNTS) == kind


def test_where_the_kernel_does_not_tell_nothing_is_refused(tmp_path: Path) -> None:
    assert disks.network_disk(tmp_path, "") == ""


def test_the_lock_refuses_such_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"22 1 254:1 / / rw - ext4 /dev/vda1 rw\n40 22 0:35 / {tmp_path} rw - nfs4 files:/srv rw\n")
    monkeypatch.setattr(disks, "MOUNTS", mounts)
    with pytest.raises(StorageError) as caught, lock.hold(tmp_path / "run.lock"):
        pass
    assert "nfs4" in str(caught.value)
    assert "KAM_HOME" in str(caught.value)
