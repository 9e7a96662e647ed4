"""The access record: which member of staff looked at whose data, as what, where and why."""
