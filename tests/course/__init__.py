"""What is proved of each assignment of the course: its suites judge rightly, its notebook teaches and runs."""

import pytest

pytest.register_assert_rewrite("tests.course.notebook_proofs", "tests.course.suite_proofs")
