"""How a figure looks on a sheet: xlsx workbooks in English or Chinese, the same bytes for the same input.

Files, from the paper down to the cell:

- `ageing.py`      the ageing workbook that an accountant signs off, `write_ageing`; its tables are in
                   `ageing_frames.py`, its first sheet in `ageing_summary.py`, bucket names in `buckets.py`;
- `standing.py`    its sheets about payers, credit, provision and promises, with `standing_frames.py`;
- `run_summary.py` the night for sales operations, `write_night`: customers by tier, worklist, complaints;
                   its tables are in `night_frames.py`;
- `payouts.py`     the payout statement, `write_payouts`: a file of its own, for those who may see pay;
- `statement.py`   a customer's statement of account, `write_statement`: for the customer himself;
- `card.py`        the card of a customer, `write_card`: a page with charts;
- `complaints.py`  the month's complaints, `write_complaints`: causes as a Pareto chart, by tier, twelve months;
- `origin.py`      the top of each first sheet: which run, policy, input, program;
- `heads.py`       `ReportHead` and `Names`, what the caller gives beside the tables;
- `tables.py`      a table on a sheet: titles, rows, totals, filters, print set-up;
- `workbook.py`    the only door to xlsxwriter; `styles.py` the looks, `cells.py` what may stand in a cell or name;
- `placing.py`     the finished file takes its place whole or not at all.

Data passes: decisions of the rules (pandas) and names -> frames with titles and sentences -> cells -> bytes ->
file. Nothing here asks the ERP, the clock or the network.
"""

from kam_connector.reports.ageing import AgeingInput, ageing_file, write_ageing
from kam_connector.reports.ageing_summary import Frozen
from kam_connector.reports.card import CardInput, CardLine, card_file, write_card
from kam_connector.reports.complaints import ComplaintsInput, complaints_file, write_complaints
from kam_connector.reports.heads import Names, ReportHead, name_of, names_by_id
from kam_connector.reports.payouts import PayoutInput, payout_file, write_payouts
from kam_connector.reports.run_summary import NightInput, night_file, write_night
from kam_connector.reports.standing import Standing
from kam_connector.reports.statement import Addressee, StatementInput, statement_file, write_statement

__all__ = [
    "Addressee",
    "AgeingInput",
    "CardInput",
    "CardLine",
    "ComplaintsInput",
    "Frozen",
    "Names",
    "NightInput",
    "PayoutInput",
    "ReportHead",
    "Standing",
    "StatementInput",
    "ageing_file",
    "card_file",
    "complaints_file",
    "name_of",
    "names_by_id",
    "night_file",
    "payout_file",
    "statement_file",
    "write_ageing",
    "write_card",
    "write_complaints",
    "write_night",
    "write_payouts",
    "write_statement",
]
