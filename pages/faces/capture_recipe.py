"""Faces in a picture by OpenCV's Haar cascade: the boxes that the page draws on the sample picture."""

import cv2
import numpy as np
from skimage import data

# --- settings: the page writes its own here
scaleFactor = 1.1
minNeighbors = 7
minSize = 30

# --- the picture: grey, its contrast evened out
picture = data.astronaut()
grey = cv2.equalizeHist(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))

# --- the search
cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
boxes = cascade.detectMultiScale(grey, scaleFactor, minNeighbors, minSize=(minSize, minSize))

# --- the result: x, y, width, height of each face, the largest first and at most 20
result = np.array(sorted(np.reshape(boxes, (-1, 4)).tolist(), key=lambda box: -box[2])[:20])
print(result)
