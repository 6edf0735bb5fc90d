"""Who may do what: roles on units, API tokens, guards."""
