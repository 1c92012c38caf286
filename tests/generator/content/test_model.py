"""The content model says of every field what it means."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from generator.content import model
from generator.plan import model as plan_model

RECORDS = [
    thing
    for module in (model, plan_model)
    for thing in vars(module).values()
    if isinstance(thing, type) and issubclass(thing, BaseModel) and thing.__module__ == module.__name__
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_is_described(record: type[BaseModel]) -> None:
    silent = [name for name, field in record.model_fields.items() if not field.description]
    assert silent == []
