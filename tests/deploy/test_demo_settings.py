"""What a local run is told: the caller's word first, secrets that stay, nothing of another run in a fresh one."""

import stat
import subprocess
from pathlib import Path

from deploy.demo_settings import fresh, local_settings, secret_settings


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path):
    first = secret_settings(tmp_path / "var")
    assert set(first) == {"SECRET_KEY", "FIELD_KEYS", "INDEX_KEY"}
    assert secret_settings(tmp_path / "var") == first
    assert stat.S_IMODE((tmp_path / "var/demo.env").stat().st_mode) == 0o600
    assert secret_settings(tmp_path / "other")["INDEX_KEY"] != first["INDEX_KEY"]


def test_a_shell_reads_the_secrets_as_they_are(tmp_path: Path):
    secret = secret_settings(tmp_path)
    script = f'set -a; . {tmp_path}/demo.env; printf %s "$FIELD_KEYS"'
    assert subprocess.run(["sh", "-c", script], capture_output=True, text=True).stdout == secret["FIELD_KEYS"]


def test_the_caller_s_servers_win_over_the_embedded_ones(tmp_path: Path):
    given = {"DATABASE_URL": "postgresql://x", "REDIS_URL": "redis://y", "HOME": "/h", "SECRET_KEY": ""}
    chosen = local_settings(given, {"SECRET_KEY": "made"}, tmp_path, "http://127.0.0.1:8001")
    assert (chosen["DATABASE_URL"], chosen["REDIS_URL"], chosen["HOME"]) == ("postgresql://x", "redis://y", "/h")
    assert (chosen["SECRET_KEY"], chosen["PUBLIC_URL"], chosen["VAR_DIR"]) == (
        "made", "http://127.0.0.1:8001", str(tmp_path)
    )  # fmt: skip


def test_without_servers_the_database_is_a_file(tmp_path: Path):
    chosen = local_settings({}, {}, tmp_path, "http://127.0.0.1:8001")
    assert chosen["DATABASE_URL"] == f"sqlite:///{tmp_path}/app.db"
    assert "REDIS_URL" not in chosen


def test_a_fresh_run_hears_of_no_other_server_or_key():
    given = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "FIELD_KEYS", "PUBLIC_URL", "SEAL_KEY_FILE", "PATH"), "x")
    assert fresh(given) == {"PATH": "x"}
