"""The invented demo city, at any size, with its answer key · 示例城市."""
