"""Jena's query engine within this process, by the jars that Debian packs."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path
from typing import Any, Final

JARS: Final = Path("/usr/share/java")
_NO_VALUES: Final = re.compile(r"VALUES (\?\w+) \{\s*\}")
_WANTED: Final = """jena-arq jena-base jena-cmds jena-core jena-iri jena-rdfconnection jena-tdb jena-tdb2 jena-shacl jena-shex
    jena-dboe-base jena-dboe-index jena-dboe-storage jena-dboe-transaction jena-dboe-trans-data thrift libthrift protobuf commons-cli
    commons-codec commons-compress commons-csv commons-io commons-lang3 dexx.collection gson guava failureaccess httpclient
    httpcore jackson-core jackson-databind jackson-annotations jsonld-java jakarta.json-api titanium-json-ld slf4j-api slf4j-nop"""


def installed() -> bool:
    """Return whether Debian's package of Jena is there."""
    return (JARS / "jena-cmds.jar").exists()


def class_path(folder: Path) -> str:
    """Return the class path for Jena; a folder is needed for what Debian's package lacks.

    Debian moved the schema classes in Jena's jar to another package and left their messages behind; they are put beside it.
    """
    with zipfile.ZipFile(JARS / "jena-core.jar") as jar:
        for name in jar.namelist():
            if name.startswith("org/apache/jena/ext/xerces/") and name.endswith(".properties"):
                target = folder / name.removeprefix("org/apache/jena/ext/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(jar.read(name))
    return os.pathsep.join([str(folder), *(str(JARS / f"{name}.jar") for name in _WANTED.split())])


class Jena:
    """ARQ on one dataset, which is given as N-Quads."""

    def __init__(self, folder: Path, quads: bytes) -> None:
        """Start the Java machine, once in a process."""
        import jpype

        if not jpype.isJVMStarted():
            options = ("-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.disable.jmx=true")
            jpype.startJVM(*options, classpath=class_path(folder).split(os.pathsep))
        query = "org.apache.jena.query."
        self._parse = jpype.JClass(f"{query}QueryFactory")
        self._syntax = jpype.JClass(f"{query}Syntax")
        self._reference = jpype.JClass("org.apache.jena.sparql.engine.ref.QueryEngineRef")
        self._run = jpype.JClass(f"{query}QueryExecutionFactory")
        self._write = jpype.JClass(f"{query}ResultSetFormatter")
        self._triples = jpype.JClass("org.apache.jena.riot.RDFDataMgr")
        self._form: Any = jpype.JClass("org.apache.jena.riot.Lang")
        self._out = jpype.JClass("java.io.ByteArrayOutputStream")
        self._error = jpype.JException
        self._dataset = jpype.JClass(f"{query}DatasetFactory").createTxnMem()
        self._triples.read(self._dataset, jpype.JClass("java.io.ByteArrayInputStream")(quads), self._form.NQUADS)

    def answer(self, text: str, *, extended: bool = False) -> bytes:
        """Return solutions as SPARQL Results JSON, a graph as N-Triples; raise ValueError where Jena refuses the query.

        `extended` has Jena's own syntax in it, such as `distinct(path)`.
        """
        try:
            return self._answer(self.parse(text, extended=extended))
        except self._error as error:
            raise ValueError(str(error)) from None

    def parse(self, text: str, *, extended: bool = True) -> Any:
        """Return a query as Jena has it; raise Jena's exception where it does not parse."""
        return self._parse.create(text, self._syntax.syntaxARQ if extended else self._syntax.syntaxSPARQL_11)

    def reference(self, text: str, *, extended: bool = False) -> bytes:
        """Return the answer of the engine by which Jena checks its own: it takes the algebra as it stands, but for VALUES of nothing."""
        self._reference.register()
        try:
            return self.answer(_NO_VALUES.sub(r"VALUES \1 { UNDEF } FILTER(false)", text), extended=extended)
        finally:
            self._reference.unregister()

    def _answer(self, query: Any) -> bytes:
        run = self._run.create(query, self._dataset)
        run.setTimeout(20000)
        out = self._out()
        try:
            if query.isConstructType():
                self._triples.write(out, run.execConstruct(), self._form.NTRIPLES)
            elif query.isAskType():
                self._write.outputAsJSON(out, run.execAsk())
            else:
                self._write.outputAsJSON(out, run.execSelect())
        finally:
            run.close()
        return bytes(out.toByteArray())
