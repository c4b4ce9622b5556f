"""What make runs: environment, service, tests, templates and the catalogues of translations."""
