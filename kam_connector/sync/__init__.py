"""Which rows of the ERP changed since the last run, and into the mirror with them.

`pull(session, mirror, run=...)` is all that others call. How a row passes:

| file | what it answers |
|---|---|
| `pulling.py` | the order of one pull; `pull` |
| `source.py` | what is needed of an ERP session |
| `identity.py` | is it still the same database, the same companies |
| `catalogue.py` | which models, which domains, what versions 14 to 19 call differently: data |
| `reading.py` | which of the wanted fields this ERP has; pages of rows by id |
| `incremental.py` | changes since the watermark, page by page, with the watermark in the same commit |
| `conversion.py`, `amounts.py` | a page of rows into Arrow columns; money into smallest units; bad rows set aside |
| `storing.py` | the page into the mirror |
| `sweep.py` | deletions, missed rows, merged records, by comparing ids |
| `control.py` | the ERP's own receivable totals, for the tie-out |
| `groups.py` | the group of each partner, worked out once a pull |
| `checks.py` | bad records, as findings |
| `report.py` | `PullReport`, `ModelPull`, `Progress` |

At least once in, exactly once in effect: a killed pull goes on after its last committed page, rows are put in by id,
and unchanged rows are not written at all.
"""

from kam_connector.sync.catalogue import CATALOGUE
from kam_connector.sync.pulling import pull
from kam_connector.sync.report import ModelPull, Progress, PullReport

__all__ = ["CATALOGUE", "ModelPull", "Progress", "PullReport", "pull"]
