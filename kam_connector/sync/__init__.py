"""Which rows of the ERP changed since the last run, and into the mirror with them.

`pull(session, mirror, run=...)` is all that others call. How a row passes:

| file | what it answers |
|---|---|
| `pulling.py` | the order of one pull; `pull` |
| `options.py` | what a pull keeps to, from policy |
| `source.py` | what is needed of an ERP session |
| `identity.py`, `rewound.py` | is it still the same database, the same companies; is it older than the mirror |
| `catalogue.py` | which models, which domains, what versions 14 to 19 call differently: data |
| `planning.py` | what this pull reads, custom fields of the policy among it |
| `describing.py`, `drift.py` | which of the wanted fields the ERP has, remembered; what became of them since |
| `reading.py` | how one table is asked for; pages of its rows by id |
| `incremental.py` | a table whole, or changes since the watermark, with the watermark in the same commit |
| `looks.py` | changes and ids of all models, asked at once, nothing stored yet |
| `conversion.py`, `amounts.py` | a page of columns into the mirror's; money into smallest units; bad rows set aside |
| `storing.py` | the page into the mirror |
| `presence.py`, `marks.py` | which rows the ERP has, by digests; what these were when nothing was written since |
| `sweep.py` | deletions, missed rows, merged records, by comparing ids |
| `merges.py` | which customer took over from one that vanished |
| `fingerprint.py` | changes that left no trace, by comparing sums, once a day |
| `control.py` | the ERP's own receivable totals, for the tie-out |
| `groups.py` | the group of each partner, worked out once a pull |
| `tags.py` | who carries the partner tags that focus.toml names |
| `checks.py` | bad records, as findings |
| `erasure.py` | rows gone for long leave the mirror's bytes |
| `remembering.py` | what a pull notes for the next one and for `kam sync status` |
| `report.py` | `PullReport`, `ModelPull`, `Progress` |

At least once in, exactly once in effect: a killed pull goes on after its last committed page, rows are put in by id,
and unchanged rows are not written at all.
"""

from kam_connector.sync.catalogue import CATALOGUE
from kam_connector.sync.options import Options
from kam_connector.sync.pulling import pull
from kam_connector.sync.report import ModelPull, Progress, PullReport

__all__ = ["CATALOGUE", "ModelPull", "Options", "Progress", "PullReport", "pull"]
