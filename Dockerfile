# syntax=docker/dockerfile:1
# Built in two stages: what compiles and downloads stays behind.
FROM python:3.11-slim AS build
WORKDIR /build
RUN python -m venv /opt/eskm
COPY pyproject.toml README.md LICENSE ./
COPY app ./app
COPY migrations ./migrations
COPY surveys ./surveys
RUN /opt/eskm/bin/pip install --no-cache-dir --disable-pip-version-check . \
    && /opt/eskm/bin/pip uninstall --yes --quiet pip

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/eskm --create-home eskm
COPY --from=build /opt/eskm /opt/eskm
ENV PATH=/opt/eskm/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ESKM_DATABASE_URL=sqlite:////var/lib/eskm/eskm.db \
    ESKM_SECRET_KEY_FILE=/var/lib/eskm/secret.key
USER eskm
WORKDIR /var/lib/eskm
VOLUME /var/lib/eskm
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["sh", "-c", "eskm migrate && exec eskm serve --host 0.0.0.0 --port 8000"]
