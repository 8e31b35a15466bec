"""Reports made from a stored run, each the same to the byte whenever it is made · 审查报告."""
