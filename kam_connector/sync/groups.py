"""Which group each partner belongs to: the root of `parent_id`, worked out once a pull into table `partner_group`.

Walking up a chain of unknown length is not one Ibis expression, so that the pull does it and the facts read it. A
partner in a circle of parents, or below one, has no root: his customer (commercial partner) is the group (R-38).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kam_connector.mirror import Mirror, rows

Ids = npt.NDArray[np.int64]
_PARTNERS = """
SELECT partner.id, coalesce(parent.id, 0), coalesce(partner.commercial_partner_id, partner.id)
FROM res_partner partner LEFT JOIN res_partner parent ON parent.id = partner.parent_id AND NOT parent._deleted
WHERE NOT partner._deleted ORDER BY partner.id
"""


def refresh_groups(mirror: Mirror) -> None:
    """`partner_group` holds partner_id, group_id, cyclic of every live partner."""
    partners, parents, customers = (
        column.to_numpy() for column in mirror.db.execute(_PARTNERS).to_arrow_table().itercolumns()
    )
    roots = find_roots(partners, parents)
    cyclic = roots == 0
    content = pa.table(
        {"partner_id": partners, "group_id": np.where(cyclic, customers, roots), "cyclic": pa.array(cyclic)}
    )
    with mirror.transaction():
        rows.replace_all(mirror.db, "partner_group", content)


def find_roots(partners: Ids, parents: Ids) -> Ids:
    """The topmost parent of each of the rising `partners`; 0 for one whose way up never ends.

    `parents` are among the partners, 0 is none. All ways are walked at once, each step twice as far as the last.
    """
    above = np.where(parents == 0, np.arange(len(partners)), np.searchsorted(partners, parents))
    for _ in range(len(partners).bit_length()):
        above = above[above]
    return np.where(parents[above] == 0, partners[above], 0)
