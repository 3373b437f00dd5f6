"""Who carries the partner tags that focus.toml names: asked anew at each pull, a question a tag, into `partner_tag`.

Lists of records are not mirrored; of tags only the named ones are of use, and who carries them is short. Where the
policy names none nothing is asked.
"""

from __future__ import annotations

import pyarrow as pa

from kam_connector.erp.lanes import Wish
from kam_connector.errors import AccessRefused
from kam_connector.findings import Finding
from kam_connector.mirror import rows
from kam_connector.sync.storing import Job

PARTNER, FIELD = "res.partner", "category_id.name"
_NOBODY = "No customer or contact carries the tag {tag}, which focus.toml names."


def refresh_tags(job: Job) -> list[Finding]:
    """`partner_tag` holds partner_id, tag of all who carry one of the tags; a finding for each that nobody carries.

    What the ERP refuses is a finding, and nobody carries the tags then.
    """
    try:
        carriers = {tag: _carriers(job, tag) for tag in job.options.tags}
    except AccessRefused as error:
        carriers, findings = {}, [Finding("error", "sync.partner_tag", PARTNER, error.whole)]
    else:
        idle = [tag for tag, ids in carriers.items() if not len(ids)]
        findings = [Finding("warning", "sync.partner_tag", tag, _NOBODY, {"tag": tag}) for tag in idle]
    with job.mirror.transaction():
        rows.replace_all(job.mirror.db, "partner_tag", _table(carriers))
    return findings


def _carriers(job: Job, tag: str) -> pa.Array:
    return job.source.lanes.ids(Wish(PARTNER, [(FIELD, "=", tag)], (), job.companies))


def _table(carriers: dict[str, pa.Array]) -> pa.Table:
    ids = [number for found in carriers.values() for number in found.to_pylist()]
    tags = [tag for tag, found in carriers.items() for _ in range(len(found))]
    return pa.table({"partner_id": pa.array(ids, pa.int64()), "tag": pa.array(tags, pa.string())})
