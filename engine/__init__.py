"""Real models and their intermediates: no Streamlit, no plotting, no tensors outside."""
