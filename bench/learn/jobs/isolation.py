"""IsolationForest of 100 trees: how long fitting and scoring take on all cores; with `whole` every row's score, mean over `forests` seeds.

Scores are the paper's (the higher, the stranger), which is minus what scikit-learn's score_samples gives."""

import numpy
from joblib import parallel_config
from peer import seconds
from sklearn.ensemble import IsolationForest


def score(model, x):
    """On all cores: scoring does not heed n_jobs, but this, as scikit-learn's documentation of score_samples says."""
    with parallel_config(backend="threading", n_jobs=-1):
        return model.score_samples(x)


def run(arrays, parameters):
    x = arrays["x"]
    score(IsolationForest(n_estimators=4, n_jobs=-1).fit(x[:1000]), x[:1000])  # threads are started before it is timed
    found = []
    for seed in range(parameters.get("forests", 1)):
        model = IsolationForest(n_estimators=parameters["trees"], max_samples=256, random_state=seed, n_jobs=-1)
        _, fit_seconds = seconds(lambda: model.fit(x))
        scores, score_seconds = seconds(lambda: score(model, x))
        found.append(-scores)
    mean = numpy.mean(found, axis=0)
    whole = {"scores": mean.tolist()} if parameters.get("whole", False) else {}
    return {"fitSeconds": fit_seconds, "seconds": score_seconds, "mean": float(mean.mean()), **whole}
