"""The pages of the collecting side, one file each; Streamlit runs them by path."""
