"""The job of a notebook in PySpark on a Tstat log, with MLlib in this machine's own cores: `log` is read and cached first, which is not timed.

Asked: {"log", "threads", "seed", "depth", "trees", "k", "features": names}.
Found: seconds and a figure (accuracy on a quarter of the rows, silhouette) of each part, which fits, predicts and evaluates.
"""

import os
import sys

from peer import seconds


def names_of(header):
    """Column names of a Tstat header: masks and numbers off; a name that stands twice gets a number."""
    seen = {}
    for word in header.rstrip("\n").split(" "):
        name = word.split("#")[-1].split(":")[0]
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}_{seen[name]}"


def run(arrays, parameters):
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.ml.classification import DecisionTreeClassifier, RandomForestClassifier
    from pyspark.ml.clustering import GaussianMixture, KMeans
    from pyspark.ml.evaluation import ClusteringEvaluator, MulticlassClassificationEvaluator
    from pyspark.ml.feature import StandardScaler, StringIndexer, VectorAssembler
    from pyspark.sql import SparkSession, functions

    session = (
        SparkSession.builder.master(f"local[{parameters['threads']}]")
        .config("spark.driver.memory", "6g")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", parameters["threads"])
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    with open(parameters["log"], encoding="utf-8") as log:
        names = list(names_of(log.readline()))
    data = session.read.csv(parameters["log"], sep=" ", header=True, inferSchema=True).toDF(*names)
    data = StringIndexer(inputCol="class", outputCol="label").fit(data).transform(data)
    data = VectorAssembler(inputCols=parameters["features"], outputCol="features").transform(data)
    data = data.withColumn("part", (functions.monotonically_increasing_id() % 4 == 0).cast("int"))
    train = data.where("part = 0").select("features", "label").cache()
    test = data.where("part = 1").select("features", "label").cache()
    rows = train.count() + test.count()
    accuracy = MulticlassClassificationEvaluator(metricName="accuracy")

    def learn(estimator):
        return accuracy.evaluate(estimator.fit(train).transform(test))

    def part(work, name):
        value, took = seconds(work)
        return {"name": name, "seconds": took, "value": value}

    depth, trees, seed = parameters["depth"], parameters["trees"], parameters["seed"]
    # the first job of a session compiles what all others use
    learn(DecisionTreeClassifier(maxDepth=2))
    found = [
        part(lambda: learn(DecisionTreeClassifier(maxDepth=depth, seed=seed)), "tree"),
        part(lambda: learn(RandomForestClassifier(maxDepth=depth, numTrees=trees, seed=seed)), "forest"),
    ]
    clients = data.groupBy("c_ip").agg(
        functions.count("*").alias("n"),
        functions.sum("s_bytes_all").alias("a"),
        functions.sum("s_bytes_retx").alias("b"),
        functions.sum("c_bytes_all").alias("c"),
        functions.avg("s_rtt_avg").alias("d"),
        functions.avg("s_first").alias("e"),
    )
    assembled = VectorAssembler(inputCols=["n", "a", "b", "c", "d", "e"], outputCol="raw", handleInvalid="skip").transform(clients)
    scaled = StandardScaler(inputCol="raw", outputCol="features", withMean=True).fit(assembled).transform(assembled)
    scaled = scaled.select("features").cache()
    users = scaled.count()
    silhouette = ClusteringEvaluator()
    for k in parameters["k"]:
        for name, estimator in (("k-means", KMeans(k=k, seed=seed)), ("mixture", GaussianMixture(k=k, seed=seed))):

            def group(estimator=estimator):
                return silhouette.evaluate(estimator.fit(scaled).transform(scaled))

            found.append(part(group, f"{name} {k}"))
    session.stop()
    return {"rows": rows, "users": users, "parts": found}
