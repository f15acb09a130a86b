"""The sets of questions, one module a set or group of sets."""
