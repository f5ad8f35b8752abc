"""What the Streamlit pages share: who is it, which language, question widgets, friendly errors, and the shell."""
