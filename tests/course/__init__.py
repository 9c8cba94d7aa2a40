"""What is proved of each assignment of the course: its suites judge rightly, its notebook teaches and runs."""
