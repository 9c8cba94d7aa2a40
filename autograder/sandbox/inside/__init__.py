"""What runs in the untrusted processes: zygote and workers. Nothing here is ever believed by the grader."""
