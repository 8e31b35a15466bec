"""Who works here · 人员与登录."""
