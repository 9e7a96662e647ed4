"""Pages and interfaces over HTTP: routes, view models, templates."""
