"""The guard against secrets and names that get out is seen to fail on each way out, and to pass its honest twin."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

BEFORE = """
import logging, sys
import pytest
from app.domain import join_code as j
from app.domain.order import Order
from app.storage.keys import open_secrets
from tests.fakes.pins import PlainPinHasher
from tests.fakes.samples import an_order
from tests.fakes.surroundings import MemorySecrets
log = logging.getLogger("app.sync")
logging.getLogger().setLevel(logging.INFO)
TOKEN = "Qm9uam91ciBDYW1pbGxl-x"
KEY = bytes(range(7, 39))
PEM = "-----BEGIN PRIVATE KEY-----\\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQ\\n-----END PRIVATE KEY-----"

@pytest.fixture
def secrets(tmp_path):
    made = open_secrets("till", tmp_path / "secrets.json")
    made.set_device_token(TOKEN)
    made.set_pickup_keys({"7": KEY})
    made.set_fiscal_key(PEM)
    return made
"""


@pytest.fixture
def guarded(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    pytester.makeconftest('pytest_plugins = ["tests.plugins.secrets"]')
    return pytester


WAYS_OUT = {
    "a log record": "log.info('sent with %s', TOKEN)",
    "a log record of a pickup key": "log.info('key %s', KEY.hex())",
    "a log record of the ledger's key": "log.info(PEM)",
    "standard output": "print(secrets.device_token())",
    "what capsys was read for": "print(TOKEN); capsys.readouterr()",
    "standard error": "print(TOKEN, file=sys.stderr)",
    "a log file left behind": "(tmp_path / 'comptoir.log').write_text('Bearer ' + TOKEN)",
    "a log file of a child process, turned over": "(tmp_path / 'comptoir.log.2').write_text('Bearer ' + TOKEN)",
    "a name in a log record": "an_order(customer_name='Zébuline Trucquemard'); log.info('for Zébuline Trucquemard')",
    "a note on standard error": "an_order(note='sonner chez Paul'); print('sonner chez Paul', file=sys.stderr)",
    "a PIN": "PlainPinHasher().hash('2580'); log.info('PIN 2580 is wrong')",
    "a password of a site": "secrets.set_device_token('{\"password\": \"s3cret-there\"}'); log.info('s3cret-there')",
    "a join code": "log.info(j.in_groups(j.write_join_code(j.JoinCode('s', '7', KEY, 'A', 'B'))))",
    "a token kept in memory": "MemorySecrets().set_device_token('a-token-in-memory'); print('a-token-in-memory')",
}
HONEST = {
    "the counter calls its customers": "an_order(customer_name='Zébuline Trucquemard'); print('Zébuline Trucquemard')",
    "numbers that only contain a PIN": "PlainPinHasher().hash('2580'); log.info('took 12580 ms, 2580.5')",
    "other words": "log.info('marketplace online'); print(len(TOKEN))",
    "one word alone": "an_order(customer_name='Dubois'); log.info('Dubois')",
    "a spoilt key store": "(tmp_path / 'secrets.json').write_text('{\"till\": {\"pickup_keys\": 3}}')",
}


def run(guarded: pytest.Pytester, lines: dict[str, str], mark: str = "") -> pytest.RunResult:
    tests = [
        f"{mark}\ndef test_{number}(secrets, tmp_path, capsys):\n    {line}  # {why}\n"
        for number, (why, line) in enumerate(lines.items())
    ]
    guarded.makepyfile(BEFORE + "\n".join(tests))
    return guarded.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:hypothesispytest")


def test_each_way_out_is_found(guarded: pytest.Pytester) -> None:
    result = run(guarded, WAYS_OUT)
    result.assert_outcomes(passed=len(WAYS_OUT), errors=len(WAYS_OUT))
    result.stdout.fnmatch_lines(["*token Qm9u… in a log record*", "*token Qm9u… in the file comptoir.log*"])
    assert "Qm9uam91ciBDYW1pbGxl-x in" not in result.stdout.str(), "the finding itself does not repeat the secret"


def test_honest_tests_pass(guarded: pytest.Pytester) -> None:
    run(guarded, HONEST).assert_outcomes(passed=len(HONEST))


def test_what_a_person_is_to_read_is_allowed_on_standard_output_alone(guarded: pytest.Pytester) -> None:
    lines = {"shown": "print(TOKEN)", "logged": "log.info(TOKEN)"}
    result = run(guarded, lines, "@pytest.mark.shows_secrets('the code')")
    result.assert_outcomes(passed=2, errors=1)


def test_what_a_child_process_was_given_is_known_from_its_key_store(guarded: pytest.Pytester) -> None:
    guarded.makepyfile(
        """
        import subprocess, sys

        CHILD = '''
        from pathlib import Path
        from app.storage.keys import open_secrets
        open_secrets("till", Path("secrets.json")).set_device_token("token-of-the-child")
        Path("child.log").write_text("GET with token-of-the-child")
        '''

        def test_child(tmp_path):
            import textwrap
            subprocess.run([sys.executable, "-c", textwrap.dedent(CHILD)], cwd=tmp_path, check=True)
        """
    )
    result = guarded.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:schemathesis")
    result.assert_outcomes(passed=1, errors=1)
