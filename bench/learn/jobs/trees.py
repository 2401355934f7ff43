"""DecisionTreeClassifier on rows where no two questions are equally good: the tree's nodes, root first and left before right, and its pruning path.

Absent values are NaN. Where the question is whether there is a value (a threshold of infinity), rows without one count as the left side.
`stable` says whether every order of looking at the columns gave the same tree. `holedShares`: of other rows, `holed`."""

import numpy
from sklearn.tree import DecisionTreeClassifier

ORDERS = 20


def nodes(model):
    tree = model.tree_
    found = {"feature": [], "threshold": [], "absent": [], "impurity": [], "rows": []}

    def visit(node):
        leaf = tree.children_left[node] < 0
        existence = not leaf and numpy.isinf(tree.threshold[node])
        left = existence or tree.missing_go_to_left[node]
        found["feature"].append(-1 if leaf else int(tree.feature[node]))
        found["threshold"].append(0 if leaf or existence else float(tree.threshold[node]))
        found["absent"].append("" if leaf else "left" if left else "right")
        found["impurity"].append(float(tree.impurity[node]))
        found["rows"].append(int(tree.n_node_samples[node]))
        if not leaf:
            below = [tree.children_left[node], tree.children_right[node]]
            for child in reversed(below) if existence else below:
                visit(child)

    visit(0)
    return found


def same(a, b):
    return all(a[of] == b[of] for of in ("feature", "threshold", "absent", "rows"))


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
        "holedShares": model.predict_proba(arrays["holed"].astype(numpy.float32)).ravel().tolist(),
        "alphas": alphas.tolist(),
        "impurities": path.impurities.tolist(),
        "leaves": [
            int(DecisionTreeClassifier(**setting, ccp_alpha=alpha, random_state=0).fit(x, y).get_n_leaves())
            for alpha in (alphas[:-1] + alphas[1:]) / 2
        ],
    }
