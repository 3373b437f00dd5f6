"""What a night is: the steps in order, the lock, the run record, doctor; and what the reading commands answer.

| file | what it answers |
|---|---|
| `workspace.py` | the open settings, policy, mirror, ledger and session of one ERP; the business day of each company |
| `lock.py`, `disks.py` | who is at work, how far, and on which disk a lock is worth something |
| `setup.py`, `keykeeping.py` | the service user made and its key put in place; the key renewed |
| `extraction.py`, `frames.py` | a pull as policy wants it; facts as frames |
| `night.py`, `steps.py` | `run_night`: pull, decide, write back, report; which of them a run takes |
| `record.py`, `progress.py` | the run in the book; how far it is |
| `notice.py`, `logs.py` | who is told how it ended: the log, an activity of the admin |
| `several.py` | a night of every ERP in kam.toml |
| `schedule.py`, `units.py` | the timer: systemd's units or a line for cron, and their texts |
| `backups.py` | copies of the book, and putting one back |
| `sources.py`, `aged.py`, `decisions.py` | facts and policy in, everything decided out |
| `document_ageing.py`, `group_ageing.py` | the ageing in documents' currencies; of all companies in one |
| `disputed.py` | which part of the receivables is in dispute |
| `oddities.py` | what a person should look at in the receivables |
| `credit.py`, `debtors.py`, `figures.py` | what the rules of credit advice, of dunning and of the score are given |
| `deadlines.py`, `escalated.py` | the clocks of complaints, company by company; whom their ladder tells |
| `schedules.py` | the calendar of each complaint: of the owner's team, of the owner, else of the company |
| `explaining_complaint.py`, `proof_texts.py` | what `kam explain complaint` answers; how the hours of a clock read |
| `importing.py` | the complaints of a file become complaints of the ERP |
| `learning.py` | what `kam complaints report` answers: the month as rows and as a workbook |
| `compensation.py` | what complaints are to be made good with, and what of it the ERP shows |
| `faith.py` | what is known of the good faith of complaints, and what of it the ERP shows |
| `known.py`, `known_cases.py`, `known_warnings.py`, `known_merges.py` | what earlier nights and people have decided |
| `known_escalations.py` | the same of the ladder of complaints |
| `watched.py`, `warning_answers.py` | what the rule of early warnings is given; what `kam warnings` answers |
| `warned.py` | which early warnings the ERP is to show |
| `freezing.py`, `frozen.py`, `positions.py` | a day's ageing frozen; its events in the book; what the mirror shows |
| `comparing.py` | a frozen day beside the books of today |
| `copies.py` | which copies of frozen ageings the ERP lacks |
| `snapshots.py`, `reviews.py` | the frozen days and what moved since; who signed which ageing |
| `naming.py` | the names that ids stand for |
| `files.py`, `retention.py` | the workbooks; how long they stay |
| `seeing.py` | what a reading command looks at |
| `tables.py`, `answers.py`, `summary.py`, `result.py` | the same as rows and sentences for the command line |
| `pareto.py` | the same for classes by revenue and by margin |
| `payers.py`, `turnover.py` | the same for payer classes with exposure, for DSO and its kin and the provision |
| `ageing_tables.py`, `causes.py`, `terms.py` | the same for the ageing, causes of late payment, payment terms |
| `lookup.py`, `archive.py` | which customer a person means; where a text stands in their records |
| `groups.py` | groups of companies rated as one customer |
| `explaining.py`, `moving.py` | why a score is what it is, and what has moved it between two days |
| `card.py`, `card_file.py` | the card of a customer |
| `card_lines.py`, `card_people.py`, `card_service.py`, `card_trade.py`, `card_warnings.py` | its panels |
| `papers.py`, `evidence.py`, `evidence_trade.py` | a customer's documents, and which of them a figure counts |
| `figure_texts.py` | how a figure is written |
| `statement.py` | a customer's statement of account |
| `taken_in.py` | which tickets, claims and low answers become complaints |
| `tier_freezes.py` | whose tier stands still |
| `figure_checks.py` | whether the ERP keeps what the tiers policy rates |
| `raters.py` | who has rated a customer and when, in words |
| `tier_spans.py`, `tier_history.py` | who was in which tier when, and the answer that tells it |
| `tier_trial.py` | a tiers policy tried on mirror or file |
| `trial.py`, `trial_promises.py`, `trial_answers.py` | the rules tried on files, without any ERP |
| `paying.py`, `pay_reading.py` | what the plans pay; what the engine is given of the mirror for it |
| `pay_events.py`, `pay_orders.py` | the events that plans pay for; what was paid of orders |
| `pay_limits.py` | what a plan asks and the mirror does not tell |
| `pay_book.py`, `pay_inputs.py` | closed statements in the book; what they were computed from, as one hash |
| `objections.py`, `pay_standing.py` | what payees object to; where each statement stands, for the ERP |
| `pay_late.py` | what is not paid in time, and what it waits for |
| `payroll.py` | what locked periods pay, as a file |
| `closing.py`, `restated.py` | a period of pay closed and locked; as paid beside as known now; its approval come home |
| `pay_trial.py`, `pay_history.py` | a plan tried on files, or on the company's own history |
| `targets.py`, `target_rows.py` | targets out of a file into the ERP; whose target a row is |
| `standing_targets.py`, `pay_targets.py` | the targets that stand in the ERP; those that a plan measures by |
| `attained.py`, `appraising.py` | what people reached in a period; appraisal and ranking |
| `clock_trial.py` | the clocks of complaints of a file |
| `history.py`, `doctor.py`, `demo.py` | earlier runs; what stands in the way of one; the sandbox demo |

Data passes: `Workspace` -> `Sources` -> `Night` (one a business day) -> plan, reports, `NightReport` -> `Result`.
"""
