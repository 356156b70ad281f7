"""Starting, stopping and logging of the receiver.

The log is one JSON object a line and holds nothing personal: no address, no id, no answer. uvicorn's own access log,
which would name addresses and paths with ids, stays off.
"""

from __future__ import annotations

import gc
import json
import logging
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from survey.collect.app import App
from survey.collect.express import ExpressProtocol
from survey.collect.formspec import most_choices
from survey.collect.pages import Pages
from survey.collect.receiver import Receiver
from survey.collect.seals import Seals, secret_of
from survey.collect.settings import CollectSettings, collect_settings, database_of
from survey.errors import CollectError
from survey.inbox import Backend, Inbox
from survey.questionnaire import load_json
from survey.study import Study

GRACE = 20
"""Seconds that a stop waits for requests under way; what has not been acknowledged by then is sent again."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen.

    Attributes:
        host, port: address.
        certificate, key: files for TLS, both or none.
    """

    host: str = "127.0.0.1"
    port: int = 8600
    certificate: Path | None = None
    key: Path | None = None


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, what happened."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; an exception is named, never printed with its values."""
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def open_backend(address: str) -> Backend:
    """The inbox behind an address: a file path, or a postgresql:// address.

    Raises:
        CollectError: it cannot be opened.
    """
    if address.startswith(("postgresql://", "postgres://")):
        from survey.inbox_postgres import PostgresBackend

        return PostgresBackend(address)
    from survey.inbox_sqlite import SqliteBackend

    return SqliteBackend(Path(address))


def build(study: Study, *, proxies: frozenset[str] = frozenset(), settings: CollectSettings | None = None) -> App:
    """The application of a study, its inbox open and its writer not yet started.

    Raises:
        StudyError: the `[collect]` table is wrong.
        CollectError: the inbox cannot be opened.
    """
    chosen = settings or collect_settings(study)
    backend = open_backend(database_of(study, chosen))
    raw = load_json(questionnaire_file(study))
    receiver = Receiver(study, chosen, inbox=Inbox(backend), seals=Seals(secret_of(backend)), most=most_choices(raw))
    return App(receiver, Pages(receiver, raw), proxies)


def questionnaire_file(study: Study) -> Path:
    """The questionnaire's file, as study.toml names it."""
    return study.root / str(study.sections.get("files", {}).get("questionnaire", "questionnaire.json"))


def serve(app: App, listen: Listen) -> None:
    """Serve until SIGINT or SIGTERM; then finish what is under way, store what waits, and return.

    Raises:
        CollectError: the port is taken, or the certificate cannot be read.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    config = uvicorn.Config(
        app,
        host=listen.host,
        port=listen.port,
        ssl_certfile=listen.certificate,
        ssl_keyfile=listen.key,
        http=ExpressProtocol,
        log_config=None,
        access_log=False,
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE,
        backlog=4096,
        ws="none",
    )
    # What was imported stays for good: the collector need not look at it again for every few requests.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    try:
        uvicorn.Server(config).run()
    except SystemExit:
        raise CollectError("端口已被占用", where=f"{listen.host}:{listen.port}", cure="用 --port 换一个端口") from None
    except OSError as error:
        raise CollectError("证书文件打不开", where=str(listen.certificate), got=str(error)) from None
