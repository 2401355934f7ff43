"""A forest beside ours on one split of a labelled log: accuracy and macro F1 on the test rows, mean over `seeds`.

`x`, `y`, `test`, `truth`: rows to learn from and to be asked about, NaN where the log says nothing. `trees`, `seeds`: parameters."""

from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score


def run(arrays, parameters):
    accuracy, macro = [], []
    for seed in parameters["seeds"]:
        model = RandomForestClassifier(parameters["trees"], random_state=seed, n_jobs=-1)
        model.fit(arrays["x"], arrays["y"])
        predicted = model.predict(arrays["test"])
        accuracy.append(accuracy_score(arrays["truth"], predicted))
        macro.append(f1_score(arrays["truth"], predicted, average="macro"))
    return {"accuracy": sum(accuracy) / len(accuracy), "macroF1": sum(macro) / len(macro)}
