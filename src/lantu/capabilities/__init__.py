"""What a planning bureau does; siblings never import one another · 业务."""
