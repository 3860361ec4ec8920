"""The steps by which `skindesk.imaging.registration` lays one picture on another."""
