"""What students see, in a real browser: JupyterLab in Chromium, on a released notebook."""
