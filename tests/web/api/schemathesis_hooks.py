"""Fresh idempotency keys for made-up requests, from the command line and in our tests.

A key used again for another request is refused with 422: rightly, and no description in OpenAPI
can say so, so that each request that is meant to be right gets a key of its own.
"""

import uuid
from typing import Any

import schemathesis

HEADER = "Idempotency-Key"


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Just before it is sent; what is meant to be wrong stays as it is."""
    is_meant_right = case.meta is None or case.meta.generation.mode.is_positive
    if is_meant_right and case.headers and HEADER in case.headers:
        case.headers[HEADER] = uuid.uuid4().hex
