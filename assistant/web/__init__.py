"""The HTTP server: JSON and SSE API, health, security headers, and the mounted pages."""
