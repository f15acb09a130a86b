"""A locally hosted city assistant: cited answers from city documents and live services."""

__version__ = "0.1.0"
