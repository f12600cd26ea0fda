# One image for web, worker and scheduler: the command says which it is (docker-compose.yml).
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=opendata_portal.settings.prod \
    VAR_DIR=/var/lib/portal

RUN useradd --system --uid 10001 --home-dir /app portal \
    && install -d -o portal -g portal -m 0700 /var/lib/portal
# WeasyPrint writes the privacy memo as a tagged PDF with these.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app

COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/runtime.txt

COPY . .
USER portal
EXPOSE 8000
CMD ["gunicorn", "opendata_portal.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "8", "--access-logfile", "-"]
