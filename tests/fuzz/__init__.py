"""Bad bytes for everything that reads what somebody else wrote; only errors in four parts may come out."""
