"""Every use case of ragft as a method of one object; the command line and other front ends are thin layers over it."""
