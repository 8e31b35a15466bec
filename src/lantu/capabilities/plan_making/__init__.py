"""Plan making: packages in, verdicts out · 规划编制."""
