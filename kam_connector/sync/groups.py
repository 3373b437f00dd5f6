"""Which group each partner belongs to: the root of `parent_id`, worked out once a pull into table `partner_group`.

Walking up a chain of unknown length is not one Ibis expression, so that the pull does it and the facts read it. A
partner in a circle of parents, or below one, has no root: his customer (commercial partner) is the group (R-38).
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from kam_connector.mirror import Mirror, rows

_PARTNERS = "SELECT id, parent_id, commercial_partner_id FROM res_partner WHERE NOT _deleted ORDER BY id"


def refresh_groups(mirror: Mirror) -> None:
    """`partner_group` holds partner_id, group_id, cyclic of every live partner."""
    found = mirror.db.execute(_PARTNERS).fetchall()
    ids = {partner for partner, _, _ in found}
    roots = find_roots({partner: parent if parent in ids else None for partner, parent, _ in found})
    content = pa.table(
        {
            "partner_id": pa.array([partner for partner, _, _ in found], pa.int64()),
            "group_id": pa.array([roots[partner] or customer or partner for partner, _, customer in found], pa.int64()),
            "cyclic": pa.array([roots[partner] is None for partner, _, _ in found], pa.bool_()),
        }
    )
    with mirror.transaction():
        rows.replace_all(mirror.db, "partner_group", content)


def find_roots(parents: Mapping[int, int | None]) -> dict[int, int | None]:
    """The topmost parent of each key of `parents`; None for one whose way up never ends."""
    roots: dict[int, int | None] = {}
    for start in parents:
        path: dict[int, None] = {}
        here = start
        while here not in roots and here not in path:
            path[here] = None
            here = parents[here] or here
        root = roots[here] if here in roots else _end_of(parents, here)
        roots.update(dict.fromkeys(path, root))
    return roots


def _end_of(parents: Mapping[int, int | None], here: int) -> int | None:
    """Where a walk met itself: at a root, or in a circle."""
    return here if parents[here] is None else None
