"""Inputs that broke others, and more: what a stranger sends, and how it must be answered.

Each has a name, the bytes that go over the socket, the statuses that may come back, and a word of the reason.
`@PORT` stands for the port of a listener that nobody should call. Sizes are those of the server under attack.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from server_pressure import message

BODY = 256 * 1024
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
# Stands for the listener's port; as long as a port, so that no length changes.
PORT = "@PORT"
ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
NONE = None
DEEP = 20_000


@dataclass(frozen=True)
class Input:
    """What a stranger sends, and how it must be answered: status, and a word of the reason."""

    name: str
    data: bytes
    statuses: tuple[int | None, ...]
    says: str = ""


def asked(
    name: str, query: str, status: int | tuple[int | None, ...], says: str = "", accept: str = ""
) -> Input:
    headers = DIRECT | ({"Accept": accept} if accept else {})
    statuses = status if isinstance(status, tuple) else (status,)
    return Input(
        name, message("POST", "/sparql", headers, query.encode("utf-8", "surrogatepass")), statuses, says
    )


def got(
    name: str,
    target: str,
    status: int | tuple[int | None, ...],
    says: str = "",
    method: str = "GET",
    **headers: str,
) -> Input:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Input(
        name, message(method, target, named), status if isinstance(status, tuple) else (status,), says
    )


def raw(name: str, data: bytes, status: int | tuple[int | None, ...], says: str = "") -> Input:
    return Input(name, data, status if isinstance(status, tuple) else (status,), says)


def nested(opening: str, closing: str, inside: str, head: str = "", tail: str = "", deep: int = DEEP) -> str:  # noqa: PLR0917
    return head + opening * deep + inside + closing * deep + tail


NESTED = "nested more than 100 deep"
WORDS = "more than 5000 words"
TOO_DEEP = [
    asked("groups", nested("{", "}", "", "ASK "), 400, NESTED),
    asked("groups, never closed", "ASK " + "{" * DEEP, 400, NESTED),
    asked("brackets", nested("(", ")", "1", "ASK {FILTER(", ")}"), 400, NESTED),
    asked("blank nodes", nested("[:p ", "]", "1", "PREFIX : <x:> ASK {?s ?p ", "}", 9000), 400, NESTED),
    asked("lists", nested("(", ")", "1", "ASK {?s ?p ", "}"), 400, NESTED),
    asked("paths", nested("(", ")", "rdf:type", "ASK {?s ", " ?o}"), 400, NESTED),
    asked("sub-queries", nested("{SELECT*", "}", "{}", "SELECT* ", "", 6000), 400, NESTED),
    asked("optional groups", nested("OPTIONAL{", "}", "", "ASK {", "}", 6000), 400, NESTED),
    asked("not exists", nested("FILTER NOT EXISTS{", "}", "", "ASK {", "}", 3000), 400, NESTED),
    asked("calls", nested("STR(", ")", "1", "ASK {FILTER(", ")}", 10_000), 400, NESTED),
    asked("quoted triples", nested("<<(", ")>>", "?s ?p ?o", "ASK {", " ?p ?o}", 6000), 400, NESTED),
    asked("brackets behind escapes", nested("\\u007B", "\\u007D", "", "ASK ", "", 800), 400, NESTED),
    asked("chain of !", "ASK {FILTER(" + "!" * DEEP + "true)}", 400, WORDS),
    asked("chain of &&", "ASK {FILTER(1" + "&&1" * 15_000 + ")}", 400, WORDS),
    asked("chain of ||", "ASK {FILTER(1" + "||1" * 15_000 + ")}", 400, WORDS),
    asked("chain of minus", "ASK {FILTER(" + "- " * 15_000 + "1)}", 400, WORDS),
    asked("chain of +", "ASK {FILTER(1" + "+ 1" * 15_000 + ")}", 400, WORDS),
    asked("chain of a path", "PREFIX : <x:> ASK {?s :p" + "/:p" * 15_000 + " ?o}", 400, WORDS),
    asked("chain of ^", "PREFIX : <x:> ASK {?s " + "^" * DEEP + ":p ?o}", 400, WORDS),
    asked("chain of unions", "ASK {{}" + "UNION{}" * 8000 + "}", 400, WORDS),
    asked("chain of MINUS", "ASK {" + "MINUS{}" * 8000 + "}", 400, WORDS),
    asked("long list", "ASK {FILTER(1 IN (1" + ",1" * DEEP + "))}", 400, WORDS),
    asked("many values", "ASK {VALUES ?x {" + "1 " * DEEP + "}}", 400, WORDS),
    asked("chain that the gate lets pass", "ASK {" + "MINUS{}" * 1600 + "}", (200, 422, 504)),
    asked("chain of || that the gate lets pass", "ASK {FILTER(1" + "||1" * 1600 + ")}", (200, 422, 504)),
    asked("chain of ! that the gate lets pass", "ASK {FILTER(" + "!" * 4900 + "true)}", (200, 422, 504)),
    asked("nesting that the gate lets pass", nested("{", "}", "", "ASK ", "", 99), 200),
    asked("too long", "ASK {} #" + "x" * 70_000, 400, "longer than 65536 bytes"),
]

ENDED = "limit: seconds"
# Where the machine is slow, the time is over before the size is reached.
OVER = (422, 504)
TOO_COSTLY = [
    asked("count of a product", "SELECT (COUNT(*) AS ?n) {" + ALL + "}", 504, ENDED),
    asked("product in order", "SELECT * {" + ALL + "} ORDER BY ?a ?l", OVER, "limit: "),
    asked("product as CSV", "SELECT * {" + ALL + "}", OVER, "limit: ", "text/csv"),
    asked("product as JSON", "SELECT * {" + ALL + "}", OVER, "limit: "),
    asked("product as XML", "SELECT * {" + ALL + "}", OVER, "limit: ", "application/sparql-results+xml"),
    asked("product as TSV", "SELECT * {" + ALL + "}", OVER, "limit: ", "text/tab-separated-values"),
    asked("distinct product", "SELECT DISTINCT ?a ?l {" + ALL + "}", OVER, "limit: "),
    asked("product of graphs", "CONSTRUCT {?a ?b ?f} {?a ?b ?c . ?d ?e ?f}", OVER, "limit: "),
    asked("everything at once", "CONSTRUCT {?s ?p ?o} {?s ?p ?o}", OVER, "limit: ", "application/n-triples"),
    asked("description of everything", "DESCRIBE ?s {?s ?p ?o}", OVER, "limit: "),
    asked(
        "text of a product",
        "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?c), STR(?f))) AS ?t) {" + ALL + "}",
        OVER,
        "limit: ",
    ),
    asked(
        "text doubled again and again",
        "SELECT (STRLEN(?t31) AS ?n) {BIND('xxxxxxxxxxxxxxxx' AS ?t0)"
        + "".join(f"BIND(CONCAT(?t{n},?t{n}) AS ?t{n + 1})" for n in range(31))
        + "}",
        OVER,
        "limit: ",
    ),
    asked(
        "text grown by REPLACE",
        "SELECT (STRLEN(?t9) AS ?n) {BIND('xxxxxxxxxxxxxxxx' AS ?t0)"
        + "".join(f"BIND(REPLACE(?t{n},'x','xxxxxxxxxxxxxxxx') AS ?t{n + 1})" for n in range(9))
        + "}",
        OVER,
        "limit: ",
    ),
    asked("all paths", "SELECT (COUNT(*) AS ?n) {?s (!<x:y>)* ?o . ?o (!<x:y>)* ?z}", OVER, "limit: "),
    asked("paths with loops", "SELECT (COUNT(*) AS ?n) {?s (!<x:y>|^!<x:y>)+ ?o}", OVER, "limit: "),
    asked(
        "quadratic NOT EXISTS",
        "SELECT (COUNT(*) AS ?n) {?a ?b ?c FILTER NOT EXISTS {?x ?y ?z FILTER(STR(?x) = STR(?c))}}",
        504,
        ENDED,
    ),
    asked("random order", "SELECT * {?a ?b ?c . ?d ?e ?f} ORDER BY RAND()", OVER, "limit: "),
    asked(
        "digests of a product",
        "SELECT (MAX(SHA512(CONCAT(STR(?a),STR(?l)))) AS ?n) {" + ALL + "}",
        504,
        ENDED,
    ),
    asked("catastrophic REGEX", "ASK {FILTER(REGEX('" + "a" * 60 + "!', '^(a+)+$'))}", 200),
    asked(
        "REGEX with back-tracking of many kinds",
        "ASK {FILTER(REGEX('" + "ab" * 99 + "', '^((a|b|ab)*)*c$'))}",
        200,
    ),
    asked("REGEX too large", "ASK {FILTER(REGEX('a', '((a{1,500}){1,500}){1,500}'))}", (200, 422, 504)),
    asked(
        "REGEX on every text",
        "SELECT (COUNT(*) AS ?n) {?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), STR(?f)))}",
        504,
        ENDED,
    ),
    asked(
        "a number with many digits", "SELECT (" + "9" * 60_000 + " * " + "9" * 3000 + " AS ?n) {}", (200, 400)
    ),
]

ONLY_HERE = "SERVICE is refused"
AWAY = f"http://127.0.0.1:{PORT}/"
SOME = "SELECT * "
REFUSED = [
    asked("SERVICE", f"SELECT * {{SERVICE <{AWAY}> {{?s ?p ?o}}}}", 400, ONLY_HERE),
    asked("SERVICE SILENT", f"SELECT * {{SERVICE SILENT <{AWAY}> {{?s ?p ?o}}}}", 400, ONLY_HERE),
    asked("SERVICE in escapes", f"SELECT * {{SERV\\u0049CE <{AWAY}> {{?s ?p ?o}}}}", 400, ONLY_HERE),
    asked("SERVICE in long escapes", f"SELECT * {{\\U00000053ervice <{AWAY}> {{?s ?p ?o}}}}", 400, ONLY_HERE),
    asked("SERVICE behind a number", f"SELECT * {{FILTER(1)SERVICE<{AWAY}>{{}}}}", 400, ONLY_HERE),
    asked(
        "SERVICE by a variable",
        f"SELECT * {{VALUES ?g {{<{AWAY}>}} SERVICE ?g {{?s ?p ?o}}}}",
        400,
        ONLY_HERE,
    ),
    asked(
        "SERVICE behind a false comment", f"SELECT * {{?s <x:#> ?o . SERVICE <{AWAY}> {{}}}}", 400, ONLY_HERE
    ),
    asked(
        "SERVICE behind a false text", f"SELECT * {{?s ?p '\\'' SERVICE <{AWAY}> {{}} # '}}", 400, ONLY_HERE
    ),
    asked(
        "FROM file",
        "SELECT * FROM <file:///etc/passwd> {?s ?p ?o}",
        400,
        "FROM <file:///etc/passwd> is refused",
    ),
    asked("FROM http", SOME + f"FROM <{AWAY}> {{?s ?p ?o}}", 400, "is refused"),
    asked("FROM NAMED http", SOME + f"FROM NAMED <{AWAY}> {{GRAPH ?g {{?s ?p ?o}}}}", 400, "is refused"),
    asked("FROM a prefixed name", f"PREFIX x: <{AWAY}> " + SOME + "FROM x:y {?s ?p ?o}", 400, "is refused"),
    asked("FROM in escapes", f"SELECT * FR\\u004FM <{AWAY}> {{?s ?p ?o}}", 400),
    asked("LOAD as a query", f"LOAD <{AWAY}>", 400, "failed"),
    asked("INSERT as a query", "INSERT DATA {<x:a> <x:b> <x:c>}", 400, "failed"),
    asked("CLEAR ALL as a query", "CLEAR ALL", 400, "failed"),
    Input(
        "LOAD",
        message("POST", "/sparql", FORM, urlencode({"update": f"LOAD <{AWAY}>"}).encode()),
        (403,),
        "only reads",
    ),
    Input(
        "INSERT",
        message(
            "POST", "/sparql", {"Content-Type": "application/sparql-update"}, b"INSERT DATA {<a:> <b:> 1}"
        ),
        (403,),
        "only reads",
    ),
    got("update by GET", "/sparql?" + urlencode({"update": "CLEAR ALL"}), 400, "only reads"),
    got(
        "a file as the default graph",
        "/sparql?query=ASK{}&default-graph-uri=file:///etc/passwd",
        400,
        "is refused",
    ),
    got(
        "elsewhere as a graph",
        f"/sparql?query=ASK{{?s+?p+?o}}&default-graph-uri=http://127.0.0.1:{PORT}/",
        200,
    ),
    got("a graph that is no IRI", "/sparql?query=ASK{}&default-graph-uri=%3C%22", 400, "no IRI"),
]

DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><r>&b;</r>'
BOMB = gzip.compress(b"query=ASK{}&x=" + b"0" * 50_000_000)
BODIES = [
    raw(
        "body longer than is said to be allowed",
        message("POST", "/sparql", DIRECT | {"Content-Length": "99999999"}),
        413,
        "limit: body",
    ),
    raw(
        "body longer than allowed", message("POST", "/sparql", DIRECT, b"#" * (BODY + 1)), 413, "limit: body"
    ),
    raw("gzip bomb", message("POST", "/sparql", FORM | {"Content-Encoding": "gzip"}, BOMB), (400, 415)),
    raw("XML with a doctype", message("POST", "/sparql", {"Content-Type": "application/xml"}, DOCTYPE), 415),
    raw(
        "RDF/XML with a doctype",
        message("POST", "/sparql", {"Content-Type": "application/rdf+xml"}, DOCTYPE),
        415,
    ),
    raw(
        "JSON nested deeply",
        message("POST", "/sparql", {"Content-Type": "application/json"}, b"[" * 99_999),
        415,
    ),
    raw(
        "JSON-LD nested deeply",
        message("POST", "/api/queries", {"Content-Type": "application/ld+json"}, b'{"@graph":' * 20_000),
        405,
    ),
    raw(
        "several parts",
        message("POST", "/sparql", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x\r\n" * 20_000),
        415,
    ),
    raw("no Content-Type", message("POST", "/sparql", {}, b"ASK {}"), 415),
    raw("invalid UTF-8", message("POST", "/sparql", DIRECT, b"ASK {?s ?p '\xff\xfe'}"), 400, "UTF-8"),
    raw("a surrogate", message("POST", "/sparql", DIRECT, b"ASK {?s ?p '\xed\xa0\x80'}"), 400, "UTF-8"),
    raw("UTF-16", message("POST", "/sparql", DIRECT, "ASK {}".encode("utf-16")), 400),
    raw(
        "said to be UTF-16",
        message(
            "POST",
            "/sparql",
            {"Content-Type": "application/sparql-query; charset=utf-16"},
            "ASK {}".encode("utf-16"),
        ),
        400,
        "UTF-8",
    ),
    raw(
        "an unknown encoding",
        message("POST", "/sparql", {"Content-Type": "application/sparql-query; charset=rot13"}, b"NFX {}"),
        400,
        "UTF-8",
    ),
    raw("NUL in a query", message("POST", "/sparql", DIRECT, b"ASK {\0}"), 400),
    asked("an escaped surrogate", "ASK {?s ?p '\\uD800'}", 400),
    asked("an escape beyond all signs", "ASK {?s ?p '\\UFFFFFFFF'}", 400),
    raw(
        "form with 5,000 parameters",
        message("POST", "/sparql", FORM, b"query=ASK{}" + b"&a=b" * 5000),
        400,
        "parameters",
    ),
    raw("form with broken escapes", message("POST", "/sparql", FORM, b"query=%FF%C0%AF%ZZ"), 400),
    raw("two queries", message("POST", "/sparql", FORM, b"query=ASK{}&query=ASK{}"), 400, "there are 2"),
]

POSTED = (
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/sparql-query\r\n"
)
CHUNKED = POSTED + b"Transfer-Encoding: chunked\r\n"
INSIDE = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
PROTOCOL = [
    raw("chunk of no length", CHUNKED + b"\r\nzz\r\nASK {}\r\n0\r\n\r\n", 400),
    raw("chunk of a length beyond all", CHUNKED + b"\r\nffffffffffffffffff\r\nASK {}", 400),
    raw("chunk of a length less than nothing", CHUNKED + b"\r\n-1\r\nASK {}\r\n0\r\n\r\n", 400),
    raw(
        "chunk with an endless extension",
        CHUNKED + b"\r\n6;" + b"x" * 99_999 + b"\r\nASK {}\r\n0\r\n\r\n",
        (400, NONE),
    ),
    raw("chunk without an end of line", CHUNKED + b"\r\n6\r\nASK {}X0\r\n\r\n", 400),
    raw("two lengths", POSTED + b"Content-Length: 6\r\nContent-Length: 60\r\n\r\nASK {}" + INSIDE, 400),
    raw("a list of lengths", POSTED + b"Content-Length: 6, 60\r\n\r\nASK {}" + INSIDE, 400),
    raw("a signed length", POSTED + b"Content-Length: +6\r\n\r\nASK {}", 400),
    raw("a length in hexadecimal", POSTED + b"Content-Length: 0x6\r\n\r\nASK {}", 400),
    raw("a length beyond all", POSTED + b"Content-Length: 99999999999999999999999\r\n\r\nASK {}", 400),
    raw(
        "length and chunks",
        CHUNKED + b"Content-Length: 3\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n" + INSIDE,
        (200, 400),
    ),
    raw(
        "chunks and something else",
        POSTED + b"Transfer-Encoding: chunked, identity\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
        400,
    ),
    raw(
        "chunks by another name", POSTED + b"Transfer-Encoding: xchunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n", 400
    ),
    raw("blank before the colon", POSTED + b"Content-Length : 6\r\n\r\nASK {}", 400),
    raw("a folded header", b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", 400),
    raw("NUL in a header", b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 400),
    raw("NUL in the target", b"GET /hea\0lth HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    raw("no HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500, (400, NONE)),
    raw("HTTP/2 at once", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", (400, 505, NONE)),
    raw("HTTP/9.9", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", (400, 505)),
    raw("HTTP/0.9", b"GET /\r\n\r\n", (400, NONE)),
    raw("a header of 100 kB", message("GET", "/health", {"X": "x" * 100_000}), 431, "limit: headers"),
    raw(
        "headers without number", b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 20_000 + b"\r\n", 431
    ),
    raw("a target of 20 kB", message("GET", "/search/?q=" + "x" * 20_000), 414, "limit: url"),
    raw("a target of 300 kB", message("GET", "/search/?q=" + "x" * 300_000), (414, 431, NONE)),
    raw("TRACE", message("TRACE", "/"), 405),
    raw("CONNECT", message("CONNECT", f"127.0.0.1:{PORT}"), (400, 405)),
    raw("PUT", message("PUT", "/data/x.ttl", {}, b"<a:> <b:> <c:> ."), 405, "only reads"),
    raw("DELETE", message("DELETE", "/data/x.ttl"), 405, "only reads"),
    raw("PATCH", message("PATCH", "/sparql", {}, b""), 405, "only reads"),
    raw("a method of one's own", message("HACK", "/"), 405),
    raw("another server's address", message("GET", f"http://127.0.0.1:{PORT}/health"), (200, 400, 404)),
    raw(
        "Upgrade",
        message(
            "GET",
            "/health",
            {
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Key": "eA==",
                "Sec-WebSocket-Version": "13",
            },
        ),
        (200, 400, 426),
    ),
    got(
        "Accept with 10,000 entries",
        "/sparql?query=ASK{}",
        431,
        "limit: ",
        Accept=",".join(["a/b;q=0.1"] * 10_000),
    ),
    got(
        "Accept of nonsense",
        "/sparql?query=ASK{}",
        (200, 406),
        Accept=",".join(["a/b"] * 500) + ';;q=nan,*/;q=inf,,"/\\,text/*;q=1e99',
    ),
    got(
        "Range with many parts",
        "/static/site.css",
        (200, 206, 400, 416),
        Range="bytes=" + ",".join(f"{n}-{n}" for n in range(1_500)),
    ),
    got("Range of nonsense", "/static/site.css", (200, 206, 400, 416), Range="bytes=9-1,-,--5"),
    got("Accept-Encoding of nonsense", "/", 200, Accept_Encoding="gzip;q=0, br;q=9, *;q=nan," + "x," * 4000),
    got("If-None-Match of 14 kB", "/", 200, If_None_Match='"x",' * 3_500),
    got("If-None-Match of 60 kB", "/", 431, "limit: headers", If_None_Match='"x",' * 15_000),
    got("Accept of 3 kB", "/", 431, "limit: accept", Accept="a/b," * 750),
    got(
        "If-Modified-Since of nonsense",
        "/static/site.css",
        (200, 400),
        If_Modified_Since="Thu, 99 Foo -1 99:99:99",
    ),
    got("X-Forwarded-For of nonsense", "/", 200, X_Forwarded_For="';--,\t" * 900),
    got(
        "Host of nonsense", "/sparql", 400, "Host", Accept="text/turtle", Host='x"><script>alert(1)</script>'
    ),
    got("Host with a user", "/sparql", (200, 400), Accept="text/turtle", Host="good.example@evil.example"),
    got("Host with a port beyond all", "/sparql", 400, "Host", Accept="text/turtle", Host="x:999999999"),
    raw("no Host", b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "one Host"),
    raw(
        "two Hosts",
        b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        400,
        "one Host",
    ),
]

UP = "../" * 12
PATHS = [
    got("out of static", f"/static/{UP}etc/passwd", (400, 404)),
    got("out of static in escapes", "/static/" + quote("../" * 12, safe="") + "etc/passwd", (400, 404)),
    got("out of static in double escapes", "/static/" + "%252e%252e%252f" * 12 + "etc/passwd", (400, 404)),
    got("out of static by a backslash", "/static/..%5c..%5c..%5cetc%5cpasswd", (400, 404)),
    got("out of static at the root", "/static//etc/passwd", (400, 404)),
    got("NUL in static", "/static/site.css%00.html", (400, 404)),
    got("out of downloads", f"/downloads/{UP}etc/passwd", (400, 404)),
    got("out of downloads in escapes", "/downloads/" + "%2e%2e%2f" * 12 + "etc/passwd", (400, 404)),
    got("out of downloads at the root", "/downloads//etc/passwd", (400, 404)),
    got("out of the downloads' build", "/downloads/..%2fbuild.json", (400, 404)),
    got("out of data", "/data/" + "%2e%2e/" * 12 + "etc/passwd.ttl", (400, 404)),
    got("IRI of anything in data", "/data/intervention/x%3E%3Cy.ttl", (400, 404)),
    got("query in data", "/data/intervention/%7D%20UNION%20%7B.ttl", (400, 404)),
    got("out of id", "/id/..%2f..%2fetc", (400, 404)),
    got("overlong escapes", "/static/%C0%AE%C0%AE%C0%AFetc/passwd", (400, 404)),
    got("NUL in a page", "/intervention/pause%00/", 400),
    got("a very deep path", "/" + "a/" * 7000, (400, 404)),
    got("a path of dots", "/" + "./" * 500 + "%2e/", (400, 404, 200)),
    got("signs beyond ASCII", "/intervention/%F0%9F%92%A9/", 404),
    got("a path of nothing but escapes", "/" + "%" * 999, (400, 404)),
    got(
        "a query in a stored query",
        "/api/queries/what-reduced?measure=" + quote("x> } UNION { SERVICE <http://x/> {} } #"),
        (400, 404, 422),
    ),
    got("a stored query that is a path", "/api/queries/..%2F..%2Fpyproject.toml", (400, 404)),
    got("parameters without number", "/search/?" + "a=b&" * 3000, 400, "parameters"),
]

HOSTILE = [*TOO_DEEP, *TOO_COSTLY, *REFUSED, *BODIES, *PROTOCOL, *PATHS]
