"""The places where workflows live, each behind the same port."""
