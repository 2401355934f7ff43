"""KMeans as Lloyd has it, from given centres (`init`: k x columns) or from k-means++ (`seed`, `starts`)."""

from peer import seconds
from sklearn.cluster import KMeans


def run(arrays, parameters):
    model = KMeans(
        n_clusters=parameters["k"],
        init=arrays["init"] if "init" in arrays else "k-means++",
        n_init=parameters.get("starts", 1),
        max_iter=parameters.get("iterations", 300),
        tol=parameters.get("tolerance", 1e-4),
        algorithm="lloyd",
        random_state=parameters.get("seed", 0),
    )
    KMeans(n_clusters=2, n_init=1, max_iter=2).fit(arrays["x"][:5000])  # threads are started before it is timed
    _, took = seconds(lambda: model.fit(arrays["x"]))
    found = {"seconds": took, "inertia": float(model.inertia_), "iterations": int(model.n_iter_)}
    if parameters.get("whole", False):
        found["centers"] = model.cluster_centers_.ravel().tolist()
        found["labels"] = model.labels_.tolist()
    return found
