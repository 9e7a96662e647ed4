"""Single sign-on by OpenID Connect: the provider, what its claims mean, and whose account it is."""
