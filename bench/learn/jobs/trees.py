"""DecisionTreeClassifier on rows where no two questions are equally good: the tree's nodes, root first and left before right, and its pruning path.

`stable` says whether every order of looking at the columns gave the same tree."""

import numpy
from sklearn.tree import DecisionTreeClassifier

ORDERS = 20


def nodes(model):
    tree = model.tree_
    return {
        "feature": [int(f) if f >= 0 else -1 for f in tree.feature],
        "threshold": [float(t) if f >= 0 else 0 for f, t in zip(tree.feature, tree.threshold)],
        "impurity": tree.impurity.tolist(),
        "rows": tree.n_node_samples.tolist(),
    }


def same(a, b):
    return all(a[of] == b[of] for of in ("feature", "threshold", "rows"))


def run(arrays, parameters):
    x, y = arrays["x"].astype(numpy.float32), arrays["y"].astype(int)
    setting = parameters["setting"]
    if isinstance(setting.get("class_weight"), dict):  # JSON has no numbers as keys
        setting["class_weight"] = {int(k): weight for k, weight in setting["class_weight"].items()}
    models = [DecisionTreeClassifier(**setting, random_state=order).fit(x, y) for order in range(ORDERS)]
    model = models[0]
    path = DecisionTreeClassifier(**setting, random_state=0).cost_complexity_pruning_path(x, y)
    alphas = path.ccp_alphas
    return {
        **nodes(model),
        "stable": all(same(nodes(other), nodes(model)) for other in models),
        "importances": model.feature_importances_.tolist(),
        "shares": model.predict_proba(x).ravel().tolist(),
        "alphas": alphas.tolist(),
        "impurities": path.impurities.tolist(),
        "leaves": [
            int(DecisionTreeClassifier(**setting, ccp_alpha=alpha, random_state=0).fit(x, y).get_n_leaves())
            for alpha in (alphas[:-1] + alphas[1:]) / 2
        ],
    }
