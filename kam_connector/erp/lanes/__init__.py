"""Rows in bulk: pages of Arrow columns by the fastest lane that an ERP has, in one form whatever the lane.

    for page in session.lanes.pages(Wish("res.partner", [], ("name", "write_date"))): page.table

| file | what it answers |
|---|---|
| `wishes.py` | what is asked (`Wish`, `Sums`) and what comes back (`Page`, `Blocks`, `Totals`, `Note`) |
| `lanes.py` | which lane a model takes; `Lanes`, all that others call |
| `forms.py` | the one form of cells |
| `addon.py`, `parcels.py` | lane "addon": questions to our addon's endpoint, its answers taken apart |
| `columns.py` | lane "columns": whole columns through the public group API, on JSON transports |
| `rows.py` | lane "rows": search and read with `load=''` |
| `proving.py` | is a fast lane the same as plain rows |
| `pace.py` | how many rows the next page has |

Fastest first, each model for itself: a lane that fails or that gives another cell than a plain read is left for the
next one, and `Lanes.notes` tells which, of what model and why.
"""

from .lanes import Lanes
from .wishes import BadCell, Blocks, LaneName, Note, Page, Sums, Totals, Wish

__all__ = ["BadCell", "Blocks", "LaneName", "Lanes", "Note", "Page", "Sums", "Totals", "Wish"]
