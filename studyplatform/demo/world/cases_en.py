"""Case studies of the demo's world, in English. Written by hand."""

from typing import Any

ENGLISH: list[dict[str, Any]] = [
    {
        "author": "amara",
        "field": "health",
        "title": "Reading our clinic’s phone notes out loud",
        "summary": "Six weeks of front-desk notes, read aloud by two people, changed four lines on our voicemail.",
        "html": """<p>I manage a dental clinic in Leeds with two people on the front desk. Every call leaves a note. Nobody had ever read the notes in a row.</p>
<h2>We read before we sorted</h2>
<p>On a quiet Friday we read six weeks of notes aloud, taking turns. It took fifty minutes and we laughed more than I expected. By the end we both said the same thing: half the calls ask what the voicemail already answers, but in the wrong order.</p>
<h2>Then we asked for help</h2>
<p>We removed names and dates, pasted the notes, and asked for the question behind each call in the caller’s own words. Nine questions covered 310 of 344 notes.</p>
<table><tbody><tr><th>Question</th><th>Calls</th></tr><tr><td>Are you open now?</td><td>96</td></tr><tr><td>Can I move my appointment?</td><td>74</td></tr><tr><td>How much will it be?</td><td>51</td></tr></tbody></table>
<p>We re-recorded the voicemail in that order. Calls on the following four Mondays went from 61 to 44 on average.</p>""",
        "recipe": {
            "tools": ["a spreadsheet", "any chat assistant"],
            "inputs": [
                "These are notes from phone calls. For each, write the caller’s question in their own words. Do not guess what is not there."
            ],
            "steps": [
                "Read the notes aloud first",
                "Remove names, dates and numbers",
                "Ask for the question behind each note",
                "Check fifty by hand",
            ],
            "time": "One Friday afternoon",
            "result": "Monday calls from 61 to 44",
            "failed": "Asking for a summary gave us a poster, not a list",
        },
    },
    {
        "author": "grace",
        "field": "health",
        "title": "A rota my night staff can read",
        "summary": "The rota did not need a better tool. It needed to answer one question per person.",
        "html": """<p>Our night rota is a grid of 22 names and 28 columns. People photographed it, zoomed in, and still turned up on the wrong night. I thought we needed software.</p>
<h2>One question each</h2>
<p>I asked six people what they look for in the grid. All six said the same: <strong>when do I work next, and with whom?</strong> Nobody wanted the grid.</p>
<p>Now the grid stays with me. Each person gets four lines by message every Sunday: next three nights, who is on with them, and who to ask for a swap. The lines are written from the grid by a prompt I check against five names each week.</p>
<h2>What went wrong</h2>
<p>In week two a name that is also a month was read as a date. I keep initials in the grid since then.</p>""",
        "recipe": {
            "tools": ["the rota spreadsheet", "any chat assistant", "our messaging app"],
            "inputs": [
                "From this grid, write for each person: next three shifts with weekday and date, colleagues on each, and one person free to swap."
            ],
            "steps": ["Paste one week of the grid", "Check five names by hand", "Send each person their own lines"],
            "time": "25 minutes every Sunday",
            "result": "Wrong-night arrivals from about three a month to none in nine weeks",
            "failed": "Names that are also words",
        },
    },
]
