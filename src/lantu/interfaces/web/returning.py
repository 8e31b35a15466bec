"""Where to go back to, and nowhere else · 安全返回地址."""

from __future__ import annotations

from urllib.parse import urlsplit


def safe_path(path: str) -> str:
    r"""Give a path of this application, whatever was asked for · 校验返回地址.

    Parameters
    ----------
    path
        From the address of the request.

    Returns
    -------
    str
        The same, or ``/`` where it leads elsewhere.

    Examples
    --------
    >>> safe_path("/board?state=open")
    '/board?state=open'
    >>> safe_path("//elsewhere.example"), safe_path("/\\elsewhere.example"), safe_path("https://elsewhere.example")
    ('/', '/', '/')
    """
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return "/"
    return path
