"""What is written down: code tables, limits, legal periods, by date and source · 标准."""
