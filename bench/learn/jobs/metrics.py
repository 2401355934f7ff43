"""Every metric of app/learn/metrics/ by scikit-learn, on given labels and scores."""

import numpy
from sklearn import metrics
from sklearn.calibration import calibration_curve


def run(arrays, parameters):
    x, clusters = arrays["x"].astype(numpy.float64), arrays["clusters"]
    y, predicted = arrays["y"], arrays["predicted"]
    probabilities = arrays["probabilities"].astype(numpy.float64)
    binary, score = arrays["binary"], arrays["score"]
    both = numpy.stack([1 - score, score], axis=1)
    classes = list(range(probabilities.shape[1]))
    centred = sum(((x[clusters == k] - x[clusters == k].mean(axis=0)) ** 2).sum() for k in numpy.unique(clusters))
    table = metrics.cluster.contingency_matrix(y, clusters)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(y, predicted, labels=classes, zero_division=0)
    came, said = calibration_curve(binary, score, n_bins=10)
    single = numpy.eye(len(classes))[y]
    return {
        "inertia": float(centred),
        "silhouette": float(metrics.silhouette_score(x, clusters)),
        "daviesBouldin": float(metrics.davies_bouldin_score(x, clusters)),
        "calinskiHarabasz": float(metrics.calinski_harabasz_score(x, clusters)),
        "adjustedRandIndex": float(metrics.adjusted_rand_score(y, clusters)),
        "normalisedMutualInformation": float(metrics.normalized_mutual_info_score(y, clusters)),
        "purity": float(table.max(axis=0).sum() / table.sum()),
        "contingency": table.ravel().tolist(),
        "accuracy": float(metrics.accuracy_score(y, predicted)),
        "balancedAccuracy": float(metrics.balanced_accuracy_score(y, predicted)),
        "macroF1": float(metrics.f1_score(y, predicted, average="macro", zero_division=0)),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "confusion": metrics.confusion_matrix(y, predicted, labels=classes).ravel().tolist(),
        "logLoss": float(metrics.log_loss(y, probabilities, labels=classes)),
        "brier": float(metrics.brier_score_loss(y, probabilities, labels=classes)),
        "macroRocAuc": float(metrics.roc_auc_score(y, probabilities, multi_class="ovr", average="macro", labels=classes)),
        "macroPrAuc": float(metrics.average_precision_score(single, probabilities, average="macro")),
        "rocAuc": float(metrics.roc_auc_score(binary, score)),
        "prAuc": float(metrics.average_precision_score(binary, score)),
        "binaryLogLoss": float(metrics.log_loss(binary, both, labels=[0, 1])),
        "binaryBrier": float(metrics.brier_score_loss(binary, score)),
        "calibrationShares": came.tolist(),
        "calibrationMeans": said.tolist(),
    }
