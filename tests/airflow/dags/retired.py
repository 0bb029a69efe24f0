"""A DAG that a story breaks, once it was read."""

from chains import chain

retired = chain("retired_export", schedule="0 3 * * *")
