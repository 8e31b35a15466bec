"""The things we declare, one file each · 规则与指标库."""
