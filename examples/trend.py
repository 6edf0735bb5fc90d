"""The trend of a unit's IKM, cell by cell: run it as a script, or open it in an editor that knows `# %%` cells.

ESKM_URL=http://127.0.0.1:8000 ESKM_TOKEN=eskm_... python examples/trend.py dpmptsp trend.svg
"""

# %% Where the service is, and who asks. A token with the role `viewer` is enough.
import os
import sys
from html import escape
from pathlib import Path
from typing import Any

from eskm_client import Client

unit = sys.argv[1] if len(sys.argv) > 1 else "dpmptsp"
picture = Path(sys.argv[2] if len(sys.argv) > 2 else "trend.svg")
eskm = Client(os.environ.get("ESKM_URL", "http://127.0.0.1:8000"), os.environ["ESKM_TOKEN"])

# %% Two years of quarters, those without answers included. One period may hold several questionnaires.
points: list[dict[str, Any]] = []
for step in eskm.trend(unit, by="quarter"):
    results = step["results"] or [{"period": step["period"], "respondents": 0, "ikm": None}]
    points += [{**result, "break": step["break"]} for result in results]
answered = [point for point in points if point["ikm"] is not None]
if not answered:
    sys.exit(f"{unit}: no answers yet")

# %% The figures as they are printed, with their interval: a difference within it is chance.
for point in points:
    margin = point.get("interval")
    bounds = f"{margin['low']:6.2f} – {margin['high']:6.2f}" if margin else ""
    ikm = f"{point['ikm']:6.2f}" if point["ikm"] is not None else "   -  "
    print(f"{point['period']['code']:>8}  {point['respondents']:>6}  {ikm}  {bounds}")

# %% The picture. Where the questionnaire or a rule changed, the line is broken.
WIDTH, HEIGHT, EDGE = 720, 320, 48
low = min(point["interval"]["low"] if point.get("interval") else point["ikm"] for point in answered) - 2
high = max(point["interval"]["high"] if point.get("interval") else point["ikm"] for point in answered) + 2


def across(number: int) -> float:
    """Where a period stands."""
    return EDGE + number * (WIDTH - 2 * EDGE) / max(len(points) - 1, 1)


def down(ikm: float) -> float:
    """Where a figure stands."""
    return HEIGHT - EDGE - (ikm - low) * (HEIGHT - 2 * EDGE) / (high - low)


marks = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">']
marks.append(f"<title>IKM {escape(unit)}</title>")
before: tuple[float, float] | None = None
for number, point in enumerate(points):
    x = across(number)
    label = escape(point["period"]["code"])
    marks.append(f'<text x="{x:.1f}" y="{HEIGHT - 16}" font-size="12" text-anchor="middle">{label}</text>')
    if point["ikm"] is None:
        before = None
        continue
    y = down(point["ikm"])
    if point.get("interval"):
        top, bottom = down(point["interval"]["high"]), down(point["interval"]["low"])
        marks.append(f'<path d="M{x:.1f} {top:.1f}V{bottom:.1f}" stroke="#888"/>')
    if before and not point["break"]:
        marks.append(
            f'<path d="M{before[0]:.1f} {before[1]:.1f}L{x:.1f} {y:.1f}" stroke="#125ea8" stroke-width="2"/>'
        )
    marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#125ea8"/>')
    marks.append(
        f'<text x="{x:.1f}" y="{y - 10:.1f}" font-size="12" text-anchor="middle">{point["ikm"]:.2f}</text>'
    )
    before = (x, y)
picture.write_text("\n".join([*marks, "</svg>"]), encoding="utf-8")
print(f"-> {picture}")
