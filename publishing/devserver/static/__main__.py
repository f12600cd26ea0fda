"""Start it: `python -m publishing.devserver.static --port 8004 --state ROOT` (the folder that holds `public`)."""

from publishing.devserver.running import run
from publishing.devserver.static.server import make

if __name__ == "__main__":
    run("Static catalogue", 8004, make)
