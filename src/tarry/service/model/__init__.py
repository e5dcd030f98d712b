"""What a program file says, and what follows from it. Pure."""
