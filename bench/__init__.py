"""The measures of docs/architecture.md section 10, each beside a floor taken in the same run: `python -m bench`."""
