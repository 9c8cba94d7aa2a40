"""Speed, measured side by side with the peer in one run; run by `make bench`."""
