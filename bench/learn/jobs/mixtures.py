"""Several mixtures of the same rows, `each` with parameters of its own, in one process."""

from jobs import mixture


def run(arrays, parameters):
    return [mixture.run(arrays, of) for of in parameters["each"]]
