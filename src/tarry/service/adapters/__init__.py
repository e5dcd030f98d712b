"""What goes out of this room: to the disk, the authentication manager, the storage, the manager."""
