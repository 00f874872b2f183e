"""The marketplace speaks plain HTTP, so it listens to this machine alone unless somebody says that a proxy ends TLS."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.__main__ import main
from app.domain.loopback import is_loopback
from app.marketplace.server import MarketplaceOptions, NeedsTls, run


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "caisse.example", "", "127.0.0.1.nip.io"])  # noqa: S104  # refused
def test_it_does_not_listen_beyond_it(host: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'market.sqlite3'}"
    with pytest.raises(NeedsTls):
        run(MarketplaceOptions(database_url=url, host=host))
    assert main(["marketplace", "--host", host, "--store", url]) == 1
    assert "--behind-proxy" in capsys.readouterr().out
    assert not (tmp_path / "market.sqlite3").exists()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.3.2.1", "::1"])
def test_loopback_is_this_machine(host: str) -> None:
    assert is_loopback(host)
