"""The id of the request that is being served, so that events name it without every service passing it on."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
