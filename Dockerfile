# One app process. compose.yaml starts two of them with a PostgreSQL server and a proxy: docs/several-machines.md
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
RUN useradd --system --no-create-home --uid 10001 soundings && install -d -o soundings /backups /journal
WORKDIR /app
COPY pyproject.toml requirements.lock ./
# The locked packages without those that only developers need.
RUN pip install --no-cache-dir --quiet uv \
	&& uv pip compile pyproject.toml --constraints requirements.lock --generate-hashes --quiet --output-file run.lock \
	&& uv pip install --system --no-cache --compile-bytecode --require-hashes --requirements run.lock \
	&& pip uninstall --yes --quiet uv
COPY .streamlit .streamlit
COPY data data
COPY survey survey
COPY analysis analysis
COPY app.py LICENSE ./
# The file system is read-only when it runs: what is not compiled now is compiled at each start.
RUN python -m compileall -q app.py data survey analysis
USER soundings
ENV SOUNDINGS_ADDRESS=0.0.0.0
EXPOSE 8501
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["python", "-c", \
	"import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('SOUNDINGS_PORT', '8501') + '/_stcore/health', timeout=2)"]
CMD ["python", "app.py"]
