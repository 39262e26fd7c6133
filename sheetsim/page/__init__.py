"""The page in the browser: a session that answers plain messages, a server that carries them, a file to give away."""
