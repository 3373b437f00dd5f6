"""The addon on a real Odoo 19: rights, companies, the endpoint, reasons, the way it installs."""
