"""How the two Odoo versions differ for the rig: one row each."""

from dataclasses import dataclass

from rig.errors import RigError


@dataclass(frozen=True, slots=True)
class Version:
    """What the rig has to know about one Odoo version."""

    number: int
    suite: str  # the Debian suite that has the package
    package: str
    free_gib: int  # disk needed for the install
    no_demo: str  # the flag for "no demo data"
    demo: str
    evented_port: str  # the name of the setting for the second port
    has_addon: bool  # the addon kam_connector is written for this version
    chart: str  # the generic chart of accounts


VERSIONS = {
    19: Version(19, "sid", "odoo-19", 3, "--without-demo", "--with-demo", "gevent_port", True, "generic_coa"),
    14: Version(14, "bullseye", "odoo-14", 3, "--without-demo=all", "", "longpolling_port", False, "l10n_generic_coa"),
}

MODULES = {19: "sale_management,account,crm,contacts", 14: "sale_management,account,crm,contacts,l10n_generic_coa"}
LANGUAGES = "en_US,zh_CN"
LOGIN = "admin"
PASSWORD = "admin"  # noqa: S105 - of throw-away databases on loopback


def find_version(number: int) -> Version:
    """The row of that version."""
    if number not in VERSIONS:
        raise RigError(
            f"Odoo {number} is not one of the rig's versions.",
            "only versions with a Debian package and a verified recipe are known",
            f"use one of: {', '.join(map(str, VERSIONS))}",
        )
    return VERSIONS[number]
