"""WeChat as the official account and the mini-program meet it: its API, its pushes, its users."""
