"""The smallest Flask application: the peer for CPU time."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
@app.get("/healthz")
def hello() -> dict[str, str]:
    """Answer."""
    return {"status": "ok"}
