"""What has to change in the ERP, and did it arrive.

    desired = desired_records(Decided(as_of=..., companies=..., tiers=..., ageing=...), mirror.ibis)
    plan = make_plan(desired, mirror.ibis, ledger, session)     # the dry run: writes nothing
    outcome = push(plan, session, ledger, run="2026-06-30-1")   # journal before wire, always

How data passes: the night's frames (`decided`) become wanted records (`records`); the plan is what is
wanted minus what the mirror shows; the push sends it in batches, and every change stands in the ledger's
outbox before it leaves.

| file | what it answers |
|---|---|
| `destinations` | which fields the connector owns on which record: data |
| `decided`, `records`, `scores`, `standing`, `receivables`, `frozen`, `statements`, `keys` | frames to wanted records |
| `pay_periods` | where a statement of pay stands: the state of its period, its revision |
| `escalations` | how far a complaint has escalated, as the ERP takes it |
| `targets` | targets out of a file to wanted records |
| `playbooks` | early warnings to wanted records, their tasks to wanted activities |
| `cells`, `wanted`, `current`, `digits` | one form for values, whether decided or given back by Odoo |
| `comparison`, `history`, `planning` | the plan for an ERP with the addon |
| `plain_planning`, `activities` | the plan for one without: `x_kam_*` fields and activities |
| `routes`, `fitting` | which of the two; what an older addon has no fields for |
| `plans` | the records that pass between the steps: `Desired`, `Change`, `Plan`, `Answer`, `Outcome` |
| `journal`, `status` | the outbox: states of a change, what waits, release of what was refused |
| `channels`, `pushing`, `resolution` | sending with the addon, lost answers, leftovers of killed runs |
| `plain`, `field_writes`, `marks` | sending without it: the fastest way to write fields, activities and their marks |
| `places`, `tags`, `tag_writes`, `grades`, `grade_writes` | the tier as tag and as partner level of the customer |
| `writers`, `leases` | which connector writes; one that another followed is fenced off |
| `former`, `undoing` | what the last push replaced, and taking it back |
| `sentences` | why an answer was refused, in the words of the ERP or in ours |
| `notices` | an activity for the admin when nights fail |
| `runlog`, `attachments` | the run's record, reports on the company's partner |
"""

from typing import TYPE_CHECKING

from kam_connector.late import late_names

if TYPE_CHECKING:
    from kam_connector.writeback.attachments import Report, attach_report
    from kam_connector.writeback.decided import Decided
    from kam_connector.writeback.notices import Notice, close_notice, open_notice
    from kam_connector.writeback.places import plan_places
    from kam_connector.writeback.plans import Answer, Change, Desired, Held, Outcome, Plan, Route
    from kam_connector.writeback.pushing import push
    from kam_connector.writeback.records import desired_records
    from kam_connector.writeback.routes import make_plan, route_of, take_over
    from kam_connector.writeback.runlog import RunRecord, push_run
    from kam_connector.writeback.status import OutboxStatus, Waiting, read_status, retry
    from kam_connector.writeback.targets import wanted_targets
    from kam_connector.writeback.undoing import Undone, plan_undo, undo
else:
    __getattr__ = late_names(__name__, __file__)

__all__ = [
    "Answer",
    "Change",
    "Decided",
    "Desired",
    "Held",
    "Notice",
    "OutboxStatus",
    "Outcome",
    "Plan",
    "Report",
    "Route",
    "RunRecord",
    "Undone",
    "Waiting",
    "attach_report",
    "close_notice",
    "desired_records",
    "make_plan",
    "open_notice",
    "plan_places",
    "plan_undo",
    "push",
    "push_run",
    "read_status",
    "retry",
    "route_of",
    "take_over",
    "undo",
    "wanted_targets",
]
