"""Runs networks: bundles, the classifier and the activation map. onnxruntime is loaded with the first bundle."""
