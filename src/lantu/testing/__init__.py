"""What the tests of a catalogue need, for ours and for plugins · 规则测试工具."""
