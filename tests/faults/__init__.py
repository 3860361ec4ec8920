"""The fault suites: what becomes of the case log when the program is killed, the disk fails or the power goes."""
