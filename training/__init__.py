"""Turns public image archives into the networks that SkinDesk runs: prepare, fit, evaluate, export, predict."""
