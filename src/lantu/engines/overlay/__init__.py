"""Exact areas and pieces between layers; coverage; seams · 叠加、铺盖与接边."""
