# One image for web, worker, beat and the simulator; compose chooses the command.
FROM python:3.13.5-slim-bookworm AS build
WORKDIR /src
COPY requirements/ requirements/
COPY scripts/extras.sh scripts/
# Which of anthropic, mcp and openai are to be in it, e.g. "mcp anthropic"; without one no model can be asked (docs/install.md).
ARG EXTRAS=""
RUN pins=$(sh scripts/extras.sh $EXTRAS) \
 && python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/uv.txt \
 && /venv/bin/uv pip install --no-cache --require-hashes --python /venv/bin/python \
      -r requirements/runtime.txt --constraint requirements/models.txt $pins \
 && /venv/bin/pip uninstall --quiet --yes uv
COPY pyproject.toml setup.cfg README.md LICENSE celeryconfig.py ./
COPY escalation/ escalation/
COPY models/ models/
COPY psa/ psa/
COPY webhooks/ webhooks/
COPY worker/ worker/
RUN /venv/bin/python -m pip --version >/dev/null 2>&1 || /venv/bin/python -m ensurepip; \
    /venv/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13.5-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/resolutionflow resolutionflow
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    RESOLUTIONFLOW_VAR=/var/lib/resolutionflow
USER 10001
WORKDIR /var/lib/resolutionflow
EXPOSE 8000
ENTRYPOINT ["resolutionflow"]
CMD ["--help"]
