"""The steps by which an older case log becomes a current one."""
