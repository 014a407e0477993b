"""What the pages share: the frame of a lesson, the browser scenes, the figures, the palette."""
