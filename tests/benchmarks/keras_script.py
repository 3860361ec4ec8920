"""The script that small projects ship: load a picture, call `predict`, go on with the next.

A process of its own, so that TensorFlow is not in the one that is compared with it. It reads from its standard input
how many of its pictures to classify, and answers with the seconds that they took, over and over.
"""

import os
import sys
import time
from itertools import cycle, islice
from pathlib import Path


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    import keras
    import numpy as np

    folder, architecture, classes = sys.argv[1:]
    files = sorted(Path(folder).iterdir())
    network = getattr(keras.applications, architecture)(weights=None, classes=int(classes))
    size = network.input_shape[1:3]

    def classify(path: Path) -> None:
        pixels = keras.utils.img_to_array(keras.utils.load_img(path, target_size=size))
        network.predict(np.expand_dims(pixels, 0), verbose=0)

    classify(files[0])
    print("ready", flush=True)
    for line in sys.stdin:
        began_s = time.perf_counter()
        for path in islice(cycle(files), int(line)):
            classify(path)
        print(time.perf_counter() - began_s, flush=True)


if __name__ == "__main__":
    main()
