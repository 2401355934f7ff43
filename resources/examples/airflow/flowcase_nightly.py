"""Does the work of a case's schedule every night; the task fails where a step failed (exit code 1)."""

from datetime import datetime

from airflow.decorators import dag
from airflow.operators.bash import BashOperator


@dag(schedule="0 3 * * *", start_date=datetime(2026, 1, 1), catchup=False, tags=["flowcase"])
def flowcase_nightly():
    BashOperator(
        task_id="run_schedule",
        # a case has one writer: no two runs of this task at once
        max_active_tis_per_dag=1,
        bash_command="flowcase run-schedule /srv/cases/web.flowcase nightly --json",
    )


flowcase_nightly()
