"""GaussianMixture of one covariance type, from its own k-means start (`seed`, `starts`) or from every row's nearest of given means (`means`: k x columns).

`double`: reckon in float64, whatever the rows come in.
"""

import warnings

import numpy
from peer import seconds
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import pairwise_distances_argmin
from sklearn.mixture import GaussianMixture


class FromMeans(GaussianMixture):
    """Begins, as from k-means, with one M step from hard labels: those of the nearest given means."""

    def _initialize_parameters(self, x, random_state, **others):
        labels = pairwise_distances_argmin(x, self.start.astype(x.dtype))
        self._initialize(x, numpy.eye(self.n_components, dtype=x.dtype)[labels], **others)


def run(arrays, parameters):
    warnings.simplefilter("ignore", ConvergenceWarning)
    kind = FromMeans if "means" in arrays else GaussianMixture
    model = kind(
        n_components=parameters["k"],
        covariance_type=parameters["covariance"],
        n_init=parameters.get("starts", 1),
        max_iter=parameters.get("iterations", 100),
        tol=parameters.get("tolerance", 1e-3),
        reg_covar=parameters.get("regularisation", 1e-6),
        random_state=parameters.get("seed", 0),
    )
    model.start = arrays.get("means")
    x = arrays["x"].astype(numpy.float64) if parameters.get("double", False) else arrays["x"]
    # threads are started before it is timed
    GaussianMixture(2, max_iter=2, covariance_type=parameters["covariance"], reg_covar=1e-3).fit(x[:5000])
    _, took = seconds(lambda: model.fit(x))
    found = {"seconds": took, "lowerBound": float(model.lower_bound_), "iterations": int(model.n_iter_)}
    if parameters.get("whole", False):
        found["score"] = float(model.score(x))
        found["bic"] = float(model.bic(x))
        found["aic"] = float(model.aic(x))
        found["weights"] = model.weights_.tolist()
        found["means"] = model.means_.ravel().tolist()
        found["covariances"] = model.covariances_.ravel().tolist()
        found["probabilities"] = model.predict_proba(x).ravel().tolist()
        found["samples"] = model.score_samples(x).tolist()
    return found
