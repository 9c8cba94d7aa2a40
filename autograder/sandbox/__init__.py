"""The sandbox: the only place where a submission's code runs."""
