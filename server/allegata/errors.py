"""The one exception tree: what went wrong, whose move it is, and how each case leaves the program.

AllegataError
├── UsageError               a setting, option or path is wrong
├── CorpusError              a file of the corpus cannot be used as it is
│   ├── CorpusSyntaxError    … because its syntax is broken, at a line
│   ├── SheetError           … a curation sheet, at a record
│   └── LinkError            … a row of a mapping table
├── AnchorError              anchors and source texts do not agree
├── ValidationFailed         the corpus breaks its shapes or rules
├── ReferenceMismatch        owlrl or pySHACL find something else than the fast engines
├── ReleaseError             a release is missing, damaged or cannot be made
└── RequestError             a request cannot be answered
    ├── BadRequest           400 the request is malformed
    │   ├── QuerySyntaxError     … its query does not parse, at a line and column
    │   └── LimitExceeded        … it is over a named limit
    ├── QueryRefused         403 the query asks for what this service never does
    ├── NotFound             404
    ├── MethodNotAllowed     405
    ├── NotAcceptable        406 names what is offered
    ├── Gone                 410
    ├── PayloadTooLarge      413 over the body limit
    ├── UriTooLong           414 over the address limit
    ├── UnsupportedMediaType 415
    ├── RangeNotSatisfiable  416 the part asked for lies behind the end
    ├── TooManyRequests      429 one client has too many queries under way
    ├── HeadersTooLarge      431 over the header limit
    ├── QueryFailed          500 the engine failed on a query that it accepted
    │   └── Abandoned            499 … nobody waits for the answer any more
    ├── ServiceFailed        502 an endpoint that SERVICE asks did not answer as it should
    ├── EngineFailed         502 an engine behind the service did not answer as it should
    ├── EngineUnavailable    503 no engine behind the service can be asked
    ├── EngineTimeout        504 an engine behind the service took too long
    ├── Busy                 503 the queue is full
    ├── WorkTimeout          503 the work for a request other than a query reached its time limit
    ├── NothingServed        503 the release that was served has been withdrawn, and none can be taken over
    ├── QueryTimeout         503 the query reached its time limit
    ├── QueryOutOfMemory     503 the query reached its memory limit
    └── ServiceTimeout       504 an endpoint that SERVICE asks took too long

`exit_status` is that of the command line (1: the input, 2: the call is at fault); `slug` names the problem type (RFC 9457).
"""

from __future__ import annotations

import copyreg
from pathlib import Path


class AllegataError(Exception):
    """Anything that Allegata itself reports: a message for people that names the place and, where there is one, the remedy."""

    exit_status, status = 1, 500
    slug, title = "internal-error", "Internal error"

    def __init__(self, message: str, *, remedy: str | None = None, **members: str | int | float | None):
        """Take a message, a remedy in one sentence, and extension members for machine readers (RFC 9457, section 3.2)."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.members: dict[str, str | int | float] = {k: v for k, v in members.items() if v is not None}

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message

    def __reduce__(self) -> tuple[object, ...]:
        """Let it pass from one process to another, whatever its initialiser takes."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]

    def problem(self) -> dict[str, str | int | float]:
        """Return the error as the members of a problem details object (RFC 9457)."""
        kind, remedy = f"https://w3id.org/allegata/problem/{self.slug}", {"remedy": self.remedy} if self.remedy else {}
        return {"type": kind, "title": self.title, "status": self.status, "detail": self.message, **remedy, **self.members}


class UsageError(AllegataError):
    """A setting, an option or a path is wrong."""

    exit_status = 2


class CorpusError(AllegataError):
    """A file of the corpus cannot be used as it is."""


class CorpusSyntaxError(CorpusError):
    """A file of the corpus has a syntax error at a line."""

    def __init__(self, path: Path, line: int | None, reason: str):
        place = f"{path}:{line}" if line else path
        super().__init__(f"{place}: {reason}", remedy="Mend that line, then run the command again.", line=line)


class SheetError(CorpusError):
    """A record of a curation sheet cannot be taken over."""


class LinkError(CorpusError):
    """A row of a mapping table cannot be taken over."""


class AnchorError(AllegataError):
    """Anchors and source texts do not agree."""


class ValidationFailed(AllegataError):
    """The corpus breaks its shapes or rules; the message is the readable report."""


class ReferenceMismatch(AllegataError):
    """The reference engines, owlrl or pySHACL, find something else than the fast ones; the message names the differences."""


class ReleaseError(AllegataError):
    """A release is missing, damaged or cannot be made; members: file (its name) and release, where one file is at fault."""

    slug, title = "release-damaged", "The release is missing or damaged"


class RequestError(AllegataError):
    """A request cannot be answered."""


class BadRequest(RequestError):
    """The request is malformed."""

    status, slug, title = 400, "bad-request", "Bad request"


class QuerySyntaxError(BadRequest):
    """The query does not parse; members: line and column (from 1) and near, the offending text."""

    slug = "query-syntax"
    title = "The query has a syntax error"


class LimitExceeded(BadRequest):
    """The query is over a limit that is checked before it runs; members: limit (its name) and allowed."""

    slug = "limit-exceeded"
    title = "The query is over a limit"


class QueryRefused(RequestError):
    """The query asks for what this service never does: to write, or to reach out."""

    status, slug, title = 403, "query-refused", "The query is refused"


class NotFound(RequestError):
    """There is nothing at this address."""

    status, slug, title = 404, "not-found", "Not found"


class MethodNotAllowed(RequestError):
    """The address does not take this method."""

    status, slug, title = 405, "method-not-allowed", "Method not allowed"


class NotAcceptable(RequestError):
    """None of the offered media types is acceptable to the client; the message lists them."""

    status, slug, title = 406, "not-acceptable", "Not acceptable"


class Gone(RequestError):
    """What was here has been withdrawn."""

    status, slug, title = 410, "gone", "Withdrawn"


class PayloadTooLarge(RequestError):
    """The body is over the limit; members: limit and allowed."""

    status, slug, title = 413, "body-too-large", "The body is over the limit"


class UriTooLong(RequestError):
    """The address is over the limit; members: limit and allowed."""

    status, slug, title = 414, "address-too-long", "The address is over the limit"


class UnsupportedMediaType(RequestError):
    """The body has a media type that is not taken here."""

    status, slug, title = 415, "unsupported-media-type", "Unsupported media type"


class RangeNotSatisfiable(RequestError):
    """The part of a file that is asked for lies behind its end; members: size (bytes)."""

    status, slug, title = 416, "range-not-satisfiable", "There is no such part"


class TooManyRequests(RequestError):
    """One client has too many requests under way; members: limit, allowed, retryAfter (seconds)."""

    status, slug, title = 429, "too-many-requests", "Too many requests at once"


class HeadersTooLarge(RequestError):
    """The headers are over the limit; members: limit and allowed."""

    status, slug, title = 431, "headers-too-large", "The headers are over the limit"


class QueryFailed(RequestError):
    """The engine failed on a query that it had accepted."""

    slug = "query-failed"
    title = "The query failed"


class Abandoned(QueryFailed):
    """Nobody waits for the answer any more; the status is the one by which nginx logs that."""

    status, slug, title = 499, "abandoned", "Nobody waits for the answer"


class ServiceFailed(RequestError):
    """An endpoint that the query asks by SERVICE did not answer as it should; members: service (its address)."""

    status, slug, title = 502, "service-failed", "A SERVICE failed"


class EngineFailed(RequestError):
    """An engine behind the service answered not at all, or not as it should; members: engine (host and port)."""

    status, slug, title = 502, "engine-failed", "An engine failed"


class EngineUnavailable(RequestError):
    """None of the engines behind the service can be asked; members: engine (all of them), retryAfter (seconds)."""

    status, slug, title = 503, "engine-unavailable", "No engine can be asked"


class EngineTimeout(RequestError):
    """An engine behind the service took too long; members: engine (host and port), limit and allowed (seconds)."""

    status, slug, title = 504, "engine-timeout", "An engine took too long"


class Busy(RequestError):
    """The queue is full; members: limit, allowed, retryAfter (seconds)."""

    status, slug, title = 503, "busy", "The service is busy"


class NothingServed(RequestError):
    """The release that was served has been withdrawn, and none can be taken over yet; members: retryAfter (seconds)."""

    status, slug, title = 503, "nothing-served", "The release was withdrawn"


class WorkTimeout(RequestError):
    """The work for a request other than a query reached its time limit and was ended; members: limit and allowed (seconds)."""

    status, slug, title = 503, "work-timeout", "The request reached its time limit"


class QueryTimeout(RequestError):
    """The query reached its time limit and was ended; members: limit and allowed (seconds)."""

    status, slug, title = 503, "query-timeout", "The query reached its time limit"


class QueryOutOfMemory(RequestError):
    """The query reached its memory limit and was ended; members: limit and allowed (bytes)."""

    status, slug, title = 503, "query-out-of-memory", "The query reached its memory limit"


class ServiceTimeout(RequestError):
    """An endpoint that the query asks by SERVICE took too long; members: service (its address), limit and allowed (seconds)."""

    status, slug, title = 504, "service-timeout", "A SERVICE took too long"
