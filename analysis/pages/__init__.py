"""The pages of the analysing side, one file each; Streamlit runs them by path."""
