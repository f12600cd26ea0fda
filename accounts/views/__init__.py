"""Pages of accounts: getting in, one's own account, the people of a program, and statements."""
