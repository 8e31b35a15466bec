"""Readers and writers of files, and what they found in them · 文件读写与诊断."""
