"""Fields that must agree with each other · 字段间逻辑."""
