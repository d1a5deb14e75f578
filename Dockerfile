# The image of web, worker and beat: the same code, another command (docker-compose.yml).
FROM python:3.11-slim-bookworm AS installed
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements/uv.txt requirements/app.lock requirements/
RUN python -m venv /venv \
    && pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
    && uv pip sync --no-cache --python /venv/bin/python --require-hashes requirements/app.lock

FROM python:3.11-slim-bookworm
# The font draws Korean on the pictures that links show.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app app \
    && install -d -o app -g app /media /state
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/staticfiles MEDIA_ROOT=/media
WORKDIR /app
COPY --from=installed /venv /venv
COPY . .
# Words and files are part of the image; these settings exist for this step only and connect to nothing.
RUN export DEBUG=1 SECRET_KEY=only-while-the-image-is-built-and-nowhere-else SITE_URL=http://localhost \
      ALLOWED_HOSTS=localhost DATABASE_URL=postgres://localhost/none REDIS_URL=redis://localhost \
      EMAIL_URL=memorymail:// STRIPE_API_KEY=sk_test_build STRIPE_WEBHOOK_SECRET=whsec_build \
    && python manage.py catalog compile \
    && python manage.py collectstatic --noinput --verbosity 0
USER app
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", \
     "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "10", \
     "studyplatform.wsgi:application"]
