"""Which numbers the company has decided on: dated TOML files, checked, with a working company shipped.

| file | what it answers |
|---|---|
| `loading.py` | `load(folder)`: the checked policy; `check(folder)`: everything that is wrong, by file and line |
| `trying.py` | a tiers file or a plan that is tried before it is put in force |
| `versions.py` | `Policy.at(day)`: what is in force on a day; `Policy.hash`, `Policy.versions` |
| `files.py` | what one file is, and of which kind |
| `crosschecks.py` | what is wrong between files |
| `tiering.py`, `measures.py`, `points.py` | tiers.toml: weights, cuts, patience; figures that may be rated, points |
| `segments.py`, `privileges.py` | tiers.toml: how to deal with a customer; what a customer of a tier is owed |
| `receivables.py` | collections.toml: ageing buckets, doubtful, steps of asking for money |
| `payers.py`, `provision.py` | collections.toml: payer classes; which share is lost at which age |
| `exposure.py`, `alerts.py` | collections.toml: when to hold deliveries; when to raise the alarm, what money costs |
| `methods.py` | collections.toml: who is asked how: before and on the day, tone, letters, priority |
| `bad_debt.py`, `cash_signals.py` | collections.toml: when a debt is a case; what shows that there is money |
| `group.py` | collections.toml: the currency of the group |
| `complaints.py`, `workdays.py` | complaints.toml: targets by class and severity, working hours |
| `intake.py` | complaints.toml: which tickets and claims are complaints, of which type |
| `evidence.py` | complaints.toml: what speaks for and against a complaint, in points |
| `compensation.py` | complaints.toml: remedies, caps, budgets, who approves |
| `learning.py` | complaints.toml: recurrence, recovery, the vital few causes |
| `service.py` | complaints.toml: what justified complaints cost the salesperson's service score |
| `official.py`, `calendar_file.py` | a country's days off and make-up workdays; a calendar.toml of a user's own |
| `warnings.py` | warnings.toml: at which figures a customer is in danger, and the playbook |
| `extraction.py` | sync.toml: how far a pull looks back, what it refuses to believe, custom fields |
| `appraisal.py` | appraisal.toml: weights of targets, cap, items that people rate |
| `focus.py` | focus.toml: products and markets in the focus, kinds of relation, lists of customers to look after |
| `plans.py`, `components.py`, `payterms.py` | incentives/*.toml: plans, the ways in which they pay, their terms |
| `plan_problems.py`, `plan_advice.py` | what no plan may say; what is probably not meant |
| `values.py` | the kinds of values: exact numbers, days, codes, shares, labels in two languages |
| `flaws.py`, `lines.py` | how a mistake reads, and on which line it stands |
| `defaults/` | the shipped policy |

Text is parsed by tomllib, checked table by table by pydantic, then across tables (`find_..._problems`), then across
files; the first mistake stops the run before anything else happens. Each kind may have several files that follow
each other by `valid_from`; a changed rule is a new file, not an edit.
"""

from kam_connector.policy.appraisal import AppraisalPolicy
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.policy.extraction import SyncPolicy
from kam_connector.policy.flaws import Flaw
from kam_connector.policy.focus import FocusPolicy
from kam_connector.policy.loading import DEFAULTS, advise, check, load
from kam_connector.policy.plans import Plan
from kam_connector.policy.privileges import Service, privileges_of
from kam_connector.policy.receivables import Ageing, Bucket, CollectionsPolicy
from kam_connector.policy.tiering import Tier, TierPolicy
from kam_connector.policy.trying import Candidate, read_candidate, read_plan
from kam_connector.policy.values import Label
from kam_connector.policy.versions import Policy, PolicyInForce, Version
from kam_connector.policy.warnings import WarningPolicy, WarningRule
from kam_connector.policy.workdays import CalendarTable

__all__ = [
    "DEFAULTS",
    "Ageing",
    "AppraisalPolicy",
    "Bucket",
    "CalendarTable",
    "Candidate",
    "CollectionsPolicy",
    "ComplaintPolicy",
    "Flaw",
    "FocusPolicy",
    "Label",
    "Plan",
    "Policy",
    "PolicyInForce",
    "Service",
    "SyncPolicy",
    "Tier",
    "TierPolicy",
    "Version",
    "WarningPolicy",
    "WarningRule",
    "advise",
    "check",
    "load",
    "privileges_of",
    "read_candidate",
    "read_plan",
]
