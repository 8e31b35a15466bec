"""Long work in the background · 后台任务."""
