"""Images: convolution, output sizes. Pictures are float32, channels last, RGB, 0 to 255."""
