"""Serve the far side (employment management system, WeChat, SMS): `python -m simulator --fd N --store FILE`."""

import argparse
import ipaddress
import os
import socket
import sys
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from simulator.settings import read
from simulator.site import build


class Quiet(WSGIRequestHandler):
    """Logs no line per call: paths hold student numbers."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main() -> int:
    """Serve until the end of the process; refuse production and any address but this machine's."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="a listening socket that was handed down")
    parser.add_argument("--store", type=Path, required=True, help="the SQLite file that holds what was reported")
    options = parser.parse_args()
    if os.environ.get("APP_ENV") == "production":
        print("the simulator refuses production", file=sys.stderr)
        return 2
    listener = socket.socket(fileno=os.dup(options.fd))
    host, port = listener.getsockname()[:2]
    if not ipaddress.ip_address(host).is_loopback:
        print("the simulator serves this machine only", file=sys.stderr)
        return 2
    app = build(options.store, read(os.environ))
    make_server(host, port, app, threaded=True, request_handler=Quiet, fd=listener.fileno()).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
