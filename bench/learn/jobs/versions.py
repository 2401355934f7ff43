"""Versions of what the peers rest on."""

import numpy
import sklearn


def run(arrays, parameters):
    return {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__}
