"""Runs the compiled job on Apache Spark over Delta Lake, window by window, and compares every table with the ones the local engine made.

Usage: python spark.py <plan.json>

plan.json: windows (per window, per bronze table, the Parquet files that it brought), tasks (key, statements), tables (layer/name),
ours and theirs (folders of silver/ and gold/), bronze (the folder that the tasks read). Ends with 1 when a statement fails or a table differs.
"""

import json
import os
import shutil
import sys
import time

from delta import configure_spark_with_delta_pip
from pyspark.sql import SparkSession


def start(work):
    builder = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.memory", "3g")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", os.path.join(work, "warehouse"))
        # The tables are small: one partition each keeps a run of minutes from taking an hour.
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.databricks.delta.snapshotPartitions", "1")
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    )
    spark = configure_spark_with_delta_pip(builder).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def run_job(spark, tasks):
    for task in tasks:
        began = time.monotonic()
        for statement in task["statements"]:
            try:
                spark.sql(statement).collect()
            except Exception as error:
                print(f"{task['key']}: Spark refuses\n{statement}\n\n{error}", file=sys.stderr)
                sys.exit(1)
        print(f"  {task['key']:<32} {time.monotonic() - began:6.1f} s", flush=True)


def schema_of(frame):
    return [(field.name, field.dataType.simpleString()) for field in frame.schema]


def compare(spark, name, ours, theirs):
    """What differs in a table, as text; nothing when all is the same."""
    ours = spark.read.format("delta").load(ours)
    theirs = spark.read.format("delta").load(theirs)
    if schema_of(ours) != schema_of(theirs):
        return theirs.count(), f"columns differ: local {schema_of(ours)}, Spark {schema_of(theirs)}"
    # Each side's rows, as often as they come, less the other side's.
    only_ours, only_theirs = ours.exceptAll(theirs), theirs.exceptAll(ours)
    extra, missing = only_ours.count(), only_theirs.count()
    if extra == missing == 0:
        return theirs.count(), None
    examples = [f"    local {row}" for row in only_ours.limit(2).collect()]
    examples += [f"    Spark {row}" for row in only_theirs.limit(2).collect()]
    return theirs.count(), f"{extra} rows only local, {missing} only Spark\n" + "\n".join(examples)


def main(plan):
    spark = start(plan["work"])
    for number, window in enumerate(plan["windows"], 1):
        for table, files in window.items():
            for file in files:
                target = os.path.join(plan["bronze"], table, os.path.relpath(file, os.path.join(plan["source"], table)))
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(file, target)
        print(f"window {number} of {len(plan['windows'])}", flush=True)
        run_job(spark, plan["tasks"])
    different = 0
    for name in plan["tables"]:
        rows, finding = compare(spark, name, os.path.join(plan["ours"], name), os.path.join(plan["theirs"], name))
        different += finding is not None
        print(f"{'ok       ' if finding is None else 'DIFFERENT'} {name:<32} {rows:>8} rows{'' if finding is None else ': ' + finding}", flush=True)
    spark.stop()
    print(f"{len(plan['tables']) - different} of {len(plan['tables'])} tables are the same, value by value")
    return 1 if different else 0


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.exit(main(json.load(file)))
