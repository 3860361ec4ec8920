"""The command line, one file per sub-command. Importing it loads neither Qt nor onnxruntime."""
