"""Start, stop and logging of the receiver.

The log has one JSON object per line without personal data: no address, no id, no answer. uvicorn's own access log,
which would contain addresses and ids, is off.
"""

from __future__ import annotations

import gc
import json
import logging
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import uvicorn

from survey.collect.form.formspec import most_choices
from survey.collect.form.promises import note_promise
from survey.collect.inbox.inbox import Backend, Inbox
from survey.collect.links.keys import seals_of
from survey.collect.links.revocations import fix_undated, read_revocations
from survey.collect.serving.app import App
from survey.collect.serving.express import ExpressProtocol
from survey.collect.serving.pages import Pages
from survey.collect.serving.receiver import Receiver, short_name
from survey.collect.settings import CHINA, CollectSettings, collect_settings, database_of
from survey.errors import CollectError
from survey.instrument.questionnaire import read_survey
from survey.study.study import Study

GRACE = 20
"""Seconds that a stop waits for requests in progress; phones resend what is not acknowledged by then."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Address to listen on.

    Attributes:
        host, port: address.
        certificate, key: TLS files, both or none.
    """

    host: str = "127.0.0.1"
    port: int = 8600
    certificate: Path | None = None
    key: Path | None = None


class JsonLines(logging.Formatter):
    """One JSON object per line: time, level, event."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; name an exception without its values.

        Keep only the first line of a message: the event loop appends sockets (addresses) and calls (answers).
        """
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "event": record.getMessage().partition("\n")[0],
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def open_backend(address: str) -> Backend:
    """Open the inbox at an address: a file path, or a postgresql:// address.

    Raises:
        CollectError: it cannot be opened.
    """
    if address.startswith(("postgresql://", "postgres://")):
        from survey.collect.inbox.postgres import PostgresBackend

        return PostgresBackend(address)
    from survey.collect.inbox.sqlite import SqliteBackend

    return SqliteBackend(Path(address))


def open_inbox(study: Study, settings: CollectSettings) -> Backend:
    """Open the inbox of a study; a shared database records which survey it belongs to.

    Raises:
        CollectError: it cannot be opened, or belongs to another survey.
    """
    backend = open_backend(database_of(study, settings))
    name = short_name(study)
    if settings.database and (owner := backend.remember("study", name, once=True)) != name:
        backend.close()
        raise CollectError(
            "这个数据库是另一项调查的收件箱",
            where="[collect] database",
            got=owner,
            expected=name,
            cure="每项调查用各自的数据库；改过问卷的 instrumentId 就改回来，或另建一个数据库",
        )
    return backend


def build(
    study: Study,
    *,
    proxies: frozenset[str] = frozenset(),
    watchers: frozenset[str] = frozenset(),
    settings: CollectSettings | None = None,
) -> App:
    """Return the application of a study, with its inbox open and its writer not yet started.

    Args:
        study: the study.
        proxies: addresses of reverse proxies whose X-Forwarded-For is trusted.
        watchers: addresses that may read /metrics, in addition to this machine.
        settings: its `[collect]` table, read when None.

    Raises:
        StudyError: the `[collect]` table is wrong.
        CollectError: the inbox cannot be opened.
    """
    chosen = settings or collect_settings(study)
    backend = open_inbox(study, chosen)
    raw = read_survey(questionnaire_file(study))
    today = datetime.now(CHINA).date()
    fix_undated(backend, study.waves, today)
    note_promise(backend, study, today)
    receiver = Receiver(
        study,
        chosen,
        inbox=Inbox(backend),
        seals=seals_of(study, backend),
        revoked=read_revocations(backend),
        most=most_choices(raw),
    )
    return App(receiver, Pages(receiver, raw), proxies, watchers)


def questionnaire_file(study: Study) -> Path:
    """Return the file of the questionnaire, as study.toml names it."""
    return study.root / str(study.sections.get("files", {}).get("questionnaire", "questionnaire.json"))


def serve(app: App, listen: Listen) -> None:
    """Serve until SIGINT or SIGTERM; then finish requests in progress, store waiting submissions, and return.

    Raises:
        CollectError: the port is in use, or the certificate cannot be read.
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
    _many_connections()
    # Imported modules are permanent: exclude them from garbage collection.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    try:
        uvicorn.Server(config).run()
    except SystemExit:
        raise CollectError("端口已被占用", where=f"{listen.host}:{listen.port}", cure="用 --port 换一个端口") from None
    except OSError as error:
        raise CollectError("证书文件打不开", where=str(listen.certificate), got=str(error)) from None


def _many_connections() -> None:
    """Raise the limit of open files to the system's maximum: the usual 1024 connections are too few."""
    try:
        import resource
    except ImportError:  # Windows has no such limit for sockets
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
