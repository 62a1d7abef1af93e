"""The figures of one account, each with the episodes behind it."""
