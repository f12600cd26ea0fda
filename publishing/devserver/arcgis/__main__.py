"""Start it: `python -m publishing.devserver.arcgis --port 8003 --state DIR`."""

from publishing.devserver.arcgis.server import make
from publishing.devserver.running import run

if __name__ == "__main__":
    run("Stand-in ArcGIS organization", 8003, make)
