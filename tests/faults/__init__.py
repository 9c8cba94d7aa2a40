"""Faults that are really made: processes killed, disks filled, clocks turned back. And the class that suffers them."""
