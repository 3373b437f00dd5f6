"""What does a file of a user's own figures hold? (CONTRACTS "Files that work without an ERP")

How a file passes through: `csvs` reads the text and holds it against the `columns` that are declared for it, a typed
frame comes out; `receivables`, `tasks`, `promises` and `tiering` make of it what the rules read.

- `columns`      what a column may hold, and the typed values of one
- `csvs`         a CSV file as a frame: encoding, separator, header, every cell of its kind, or one clear refusal
- `sheets`       the same for the first sheet of an .xlsx
- `codes`        the file's own texts as the whole numbers that rules count with, and back
- `receivables`  items.csv and matches.csv: items and matches in codes and smallest units
- `tasks`        tasks.csv: what customers were asked before
- `promises`     promises.csv: what they promised to pay
- `status_events` events.csv: what happened to complaints
- `complaints`   complaints.csv: complaints that are kept elsewhere; `moments` their moments
- `targets`      targets.csv or .xlsx: what people and teams are to reach
- `appraisals`   ratings.csv: how people were rated by the items of the scale
- `tiering`      facts.csv and history.csv: what customers are rated by, and what earlier runs made of it

A file that cannot be used is refused whole with its place (`InputError`: file, row as a spreadsheet counts it, column).
What can be read but is odd (a match without its item) is a finding, and the totals still tie.
"""
