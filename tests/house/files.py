"""The files of the project as git sees them, for tests about the whole house."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("pianqu", "web", "api", "layers", "cases", "boundaries", "geo", "store")


def committed(*patterns: str) -> list[Path]:
    """Files that are, or would be, committed; ignored ones are left out."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    command += ["--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")
    return [path for name in sorted(set(filter(None, names))) if (path := ROOT / name).is_file()]
