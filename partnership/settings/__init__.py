"""Settings: `embedded` for one machine, `production` for a server, `test` for the suite."""
