"""GaussianMixture of one covariance type, from given means (`means`: k x columns) or from k-means (`seed`, `starts`)."""

import warnings

from peer import seconds
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture


def run(arrays, parameters):
    warnings.simplefilter("ignore", ConvergenceWarning)
    model = GaussianMixture(
        n_components=parameters["k"],
        covariance_type=parameters["covariance"],
        means_init=arrays.get("means"),
        n_init=parameters.get("starts", 1),
        max_iter=parameters.get("iterations", 100),
        tol=parameters.get("tolerance", 1e-3),
        reg_covar=parameters.get("regularisation", 1e-6),
        random_state=parameters.get("seed", 0),
    )
    x = arrays["x"]
    GaussianMixture(2, max_iter=2, covariance_type=parameters["covariance"]).fit(x[:5000])  # threads are started before it is timed
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
