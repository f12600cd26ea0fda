"""Start it: `python -m publishing.devserver.ckan --port 8002 --state DIR`."""

from publishing.devserver.ckan.server import make
from publishing.devserver.running import run

if __name__ == "__main__":
    run("Stand-in CKAN portal", 8002, make)
