"""Who uses the pages: users, their roles, invitations, keys and sessions. Reps, teams and who reports to whom are records."""
