"""The errors that cscip-kg raises on purpose, and nothing else.

CscipError
├── RecordError        one place in one record is wrong: file, line, field, remedy
│   └── FiguresError       one place in a file of published figures is wrong
├── RecordsError       all RecordsError of one run, so that a curator sees them at once
├── AxiomError         the ontology uses an axiom kind that the fast inference does not know
├── NoStoreError       there is no built graph to read
├── QueryError         a query cannot be run as asked
│   ├── UnknownNameError   no stored query, parameter or value of that name
│   └── LimitError         the query met its limit of time or size
├── ExportError        an export cannot be written as asked
├── ServeError         the server cannot be run as asked
├── RemoteError        somebody else's store cannot be used as asked, or says no
│   ├── RemoteLateError      it did not answer, or not to the end, before the deadline
│   ├── RemoteSizeError      its answer is larger than the limit
│   ├── RemoteRedirectError  it points at another host, an unsafe scheme or in a circle
│   ├── RemoteFormatError    what it sent is no answer: the wrong media type, HTML, a doctype
│   ├── RemoteCutError       its answer is not whole: cut off, or ended by the store with a sentence
│   ├── RemoteBusyError      it asks to come back later than the deadline
│   └── RemoteRefusedError   it answers with a status of refusal
└── TextsError         the source texts, or the extracts that prove links, are missing or not as recorded
"""

from __future__ import annotations

from collections.abc import Sequence


class CscipError(Exception):
    """Base of every error that a user can mend; its text is meant for people."""


class RecordError(CscipError):
    """One fault in one record.

    Attributes:
        file: path of the record as given.
        line: 1-based line of the fault.
        field: the key concerned, or an empty string for the whole record.
        problem: what is wrong.
        remedy: what to do about it.
    """

    def __init__(self, file: str, line: int, field: str, problem: str, remedy: str) -> None:
        """Keep the five parts apart and join them for the message."""
        self.file, self.line, self.field = file, line, field
        self.problem, self.remedy = problem, remedy
        where = f"{file}:{line}" + (f" ({field})" if field else "")
        super().__init__(f"{where}: {problem} {remedy}".rstrip())


class FiguresError(RecordError):
    """One fault in a file of published figures, which is somebody else's and stays as it is."""


class RecordsError(CscipError):
    """All the faults found while reading records, in the order of file and line."""

    def __init__(self, errors: Sequence[RecordError]) -> None:
        """Hold the single errors in `errors`; the message lists them one a line."""
        self.errors = sorted(errors, key=lambda e: (e.file, e.line, e.field))
        super().__init__("\n".join(str(e) for e in self.errors))


class AxiomError(CscipError):
    """The ontology holds an axiom that the compiled rules cannot express."""


class NoStoreError(CscipError):
    """No built graph was found where one was looked for."""


class QueryError(CscipError):
    """A query is malformed, refused or failed."""


class UnknownNameError(QueryError):
    """A name is not among the allowed ones; the message lists those."""


class LimitError(QueryError):
    """A query was ended because it met its limit of time, rows or bytes."""


class ExportError(CscipError):
    """An export was asked for in a form or place that cannot be served."""


class ServeError(CscipError):
    """The server cannot be run as asked: a setting, an address, a missing part."""


class RemoteError(CscipError):
    """Somebody else's store cannot be used as asked, or refuses; the message holds no credentials."""


class RemoteLateError(RemoteError):
    """A store did not answer to the end before the deadline."""


class RemoteSizeError(RemoteError):
    """The answer of a store is larger than the limit."""


class RemoteRedirectError(RemoteError):
    """A store points at another host or scheme, or from one address to the next without end."""


class RemoteFormatError(RemoteError):
    """What a store sent is no answer to the question: another media type, a web page, a document type."""


class RemoteCutError(RemoteError):
    """The answer of a store is not whole."""


class RemoteBusyError(RemoteError):
    """A store asks to come back later than the deadline, or says that it is busy and not for how long."""


class RemoteRefusedError(RemoteError):
    """A store refuses a request.

    Attributes:
        status: of its answer.
    """

    def __init__(self, message: str, status: int) -> None:
        """Keep the status apart."""
        self.status = status
        super().__init__(message)


class TextsError(CscipError):
    """The source texts, or the extracts that prove links, are not where they were looked for."""
