"""The one page that is served to a stranger: plain HTML, no scripts, no secrets."""

from html import escape

__all__ = ["login_page"]

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Token - {name}</title>
<style>
:root {{ color-scheme: dark light; }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: #14171a;
  color: #e6e8ea; font: 1rem/1.5 system-ui, sans-serif; }}
main {{ width: min(22rem, calc(100vw - 2rem)); }}
h1 {{ font-size: 1.25rem; font-weight: 600; }}
label {{ display: block; margin-bottom: .25rem; }}
input, button {{ box-sizing: border-box; width: 100%; padding: .6rem .75rem; font: inherit;
  border-radius: 4px; }}
input {{ background: #0d0f11; color: inherit; border: 1px solid #7b858f; }}
button {{ margin-top: .75rem; background: #4f9cf0; color: #06121f; border: 0; font-weight: 600; }}
:focus-visible {{ outline: 3px solid #ffffff; outline-offset: 2px; }}
.wrong {{ border-left: 4px solid #f0b429; padding-left: .75rem; }}
@media (prefers-color-scheme: light) {{
  body {{ background: #f4f5f6; color: #1b1f23; }}
  input {{ background: #ffffff; border-color: #5c6670; }}
  button {{ background: #0b57a4; color: #ffffff; }}
  :focus-visible {{ outline-color: #000000; }}
}}
</style>
</head>
<body>
<main>
<h1>emgrig, {name}</h1>
{words}
<form method="post" action="/login">
<label for="token">Token of this console</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus
  aria-describedby="where">
<p id="where">It is in the file that rig.toml names under [console] token_file.</p>
<button type="submit">Open the console</button>
</form>
</main>
</body>
</html>
"""


def login_page(name: str, wrong: str = "") -> str:
    """Return the page that asks for the token.

    Args:
        name: The rig's name.
        wrong: What was wrong with the last try, for people; empty for the first.
    """
    words = f'<p class="wrong" role="alert">! {escape(wrong)}</p>' if wrong else ""
    return PAGE.format(name=escape(name), words=words)
