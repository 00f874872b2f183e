"""Owns `comptoir marketplace`: the reference server, and what whoever runs it may do to its database."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.output import Answer
from app.i18n import tr
from app.paths import marketplace_database_path, resources_dir


def run_marketplace(options: argparse.Namespace) -> int | Answer:
    from app.marketplace.server import MarketplaceNotStarted, MarketplaceOptions, NeedsTls, run

    url = _marketplace_store(options.store)
    if options.action == "import-rescue":
        from app.cli import rescue_commands

        if options.file is None:
            return Answer(tr("Say which file: comptoir marketplace import-rescue FILE"), reason="no_file")
        return rescue_commands.run_import_at_marketplace(url, options.file)
    if options.demo_shop:
        _make_demo_shop(url, f"http://{options.host}:{options.port}" if options.port else "")
    try:
        run(
            MarketplaceOptions(
                database_url=url,
                host=options.host,
                port=options.port,
                faults=options.faults,
                behind_proxy=options.behind_proxy,
            )
        )
    except NeedsTls:
        text = tr(
            "{host} can be reached from other machines, and this server speaks plain HTTP. Let it listen on 127.0.0.1 "
            "with a proxy that speaks TLS in front; if the proxy is on another machine, say --behind-proxy."
        )
        return Answer(text.format(host=options.host), reason="needs_tls")
    except MarketplaceNotStarted as error:
        return Answer(tr("The marketplace cannot start: {problem}").format(problem=error), reason="not_started")
    return 0


def _marketplace_store(text: str) -> str:
    """The SQLAlchemy address of the marketplace's own database, from a file name or an address."""
    if "://" in text:
        return text
    path = Path(text) if text else marketplace_database_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path.absolute()}"


def _make_demo_shop(url: str, site: str) -> None:
    """Args: site: where it will be reached, "" if nobody knows yet."""
    from app.marketplace.seed import seed_demo
    from app.marketplace.store import open_store

    store = open_store(url)
    try:
        shop = seed_demo(store, resources_dir() / "demo" / "catalogue.csv")
    finally:
        store.close()
    print(tr("Pairing code of {shop}: {code}").format(shop=shop.name, code=shop.pairing_code), flush=True)
    if site:
        print(tr("To scan it: {address}").format(address=f"{site}/relier/{shop.pairing_code}"), flush=True)
