"""CalibratedClassifierCV over a frozen classifier that says of a row what stands in it: what it makes of the same shares."""

import numpy
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator


class Echo(ClassifierMixin, BaseEstimator):
    def fit(self, x, y):
        self.classes_ = numpy.arange(x.shape[1])
        return self

    def predict_proba(self, x):
        return x

    def predict(self, x):
        return x.argmax(axis=1)


def run(arrays, parameters):
    x, y = arrays["x"].astype(float), arrays["y"]
    model = CalibratedClassifierCV(FrozenEstimator(Echo().fit(x, y)), method=parameters["method"], ensemble=False)
    model.fit(x, y)
    return {"probabilities": model.predict_proba(arrays["z"].astype(float)).tolist()}
