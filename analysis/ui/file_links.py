"""Rows of links to files, for any page."""

import html
from collections.abc import Iterable
from typing import TypeAlias

import streamlit as st

Row: TypeAlias = tuple[str, list[tuple[str, str]]]
"""A row of links: what stands before it, then (name, address)."""


def show(addresses: list[tuple[str, str]], label: str) -> None:
    """Download links in a row."""
    st.html(markup([(label, addresses)]))


def markup(rows: Iterable[Row]) -> str:
    """Download links as HTML, one row below the other."""
    return "".join(
        f'<div class="sd-downloads"><span class="sd-muted">{html.escape(label)}</span> {_anchors(addresses)}</div>'
        for label, addresses in rows
    )


def _anchors(addresses: list[tuple[str, str]]) -> str:
    return " ".join(
        f'<a class="sd-download" href="{html.escape(address)}" download>{html.escape(name)}</a>'
        for name, address in addresses
    )
