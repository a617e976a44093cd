"""`python -m pianqu`, the same as the console command."""

from pianqu.cli import app

app(prog_name="pianqu")
