"""Faces: finding them, collecting them, telling people apart. Pictures are uint8, channels last, RGB, 0 to 255."""
