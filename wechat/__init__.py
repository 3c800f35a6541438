"""WeChat: the one door to the official account and the mini-program, outgoing and incoming."""
