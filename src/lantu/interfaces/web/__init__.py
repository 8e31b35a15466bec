"""The application in the browser · 网页界面."""
