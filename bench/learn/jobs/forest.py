"""Tree and forest beside ours: how long fitting on (`x`, `y`) and predicting `test` take on all cores, and how many of `test` come out as `truth`.

`forest` false: a DecisionTreeClassifier. `importance`: what of each column."""

from peer import seconds
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier


def run(arrays, parameters):
    settings = {"max_depth": parameters.get("depth"), "random_state": parameters.get("seed", 0)}
    if parameters["forest"]:
        RandomForestClassifier(4, n_jobs=-1).fit(arrays["x"][:1000], arrays["y"][:1000])  # threads are started before it is timed
        settings |= {"n_estimators": parameters["trees"], "n_jobs": -1, "oob_score": parameters.get("outOfBag", False)}
        model = RandomForestClassifier(**settings)
    else:
        model = DecisionTreeClassifier(**settings)
    _, fit_seconds = seconds(lambda: model.fit(arrays["x"], arrays["y"]))
    predicted, predict_seconds = seconds(lambda: model.predict(arrays["test"]))
    return {
        "seconds": fit_seconds,
        "predictSeconds": predict_seconds,
        "accuracy": float((predicted == arrays["truth"]).mean()),
        "importance": model.feature_importances_.tolist(),
        "outOfBag": float(getattr(model, "oob_score_", 0)),
    }
