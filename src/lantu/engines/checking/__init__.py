"""Declare, discover, run and explain checks · 规则的声明、发现、运行与解释."""
