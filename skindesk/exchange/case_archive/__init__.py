"""Cases in one ZIP file, to be taken to another workstation."""
