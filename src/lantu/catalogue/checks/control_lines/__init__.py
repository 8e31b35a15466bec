"""The three control lines · 三条控制线."""
