"""From a file's bytes to the network's input: decoding and the only resize."""
