"""Pay: the worked cases through `kam incentives simulate`, and what holds whatever the credits are."""
