"""The words that every room speaks · 词汇."""
