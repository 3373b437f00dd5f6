"""Who may do what: the service user, the addon's groups, the files, the secrets."""
