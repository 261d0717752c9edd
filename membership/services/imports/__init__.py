"""Importing partners and, with what higher apps bring, their delegates: read, preview, take over.

`files` reads tables, `rows` has the words, `partners` knows the partner columns, `plan` says what a table would
change, `batches` keeps what was uploaded and takes it over in one transaction, long tables in
the worker. Nothing is written before that.
"""

from membership.services.imports.batches import apply, carry_out, preview, progress, refresh, upload, waiting
from membership.services.imports.files import MAXIMUM_BYTES, MAXIMUM_ROWS, FileRefused
from membership.services.imports.plan import Plan, register_part
from membership.services.imports.rows import Column, ImportRefused, Part, Planner, Row

__all__ = [
    "MAXIMUM_BYTES",
    "MAXIMUM_ROWS",
    "Column",
    "FileRefused",
    "ImportRefused",
    "Part",
    "Plan",
    "Planner",
    "Row",
    "apply",
    "carry_out",
    "preview",
    "progress",
    "refresh",
    "register_part",
    "upload",
    "waiting",
]
